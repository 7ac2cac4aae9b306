import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Resource, type SearchParameters, searchParameterDefinition, searchParametersWith } from '@chartgate/fhir';
import { usCore } from '../../packages/server/src/testing/shared-data.ts';
import { installPackage } from '../support/install-package.ts';
import { type BundleJson, bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';
import { searchText } from '../support/search-text.ts';
import { untilIndexed } from '../support/until-indexed.ts';
import { filesOf } from '../support/us-core.ts';

/** Requests in one batch. */
const batchSize = 100;

/**
 * The published examples of US Core are what other people's software looks like here: each is loaded, and found by each
 * search parameter, R4's and the guide's, of which it has a value.
 */
for (const { version, archive } of usCore.slice(0, 2)) {
  const skip = archive === undefined ? 'the package is not beside the repository' : false;

  describe(`the examples of US Core ${version}`, { skip }, () => {
    let server: RunningServer;
    let token: string;
    let examples: readonly (Resource & { readonly id: string })[];
    let parameters: SearchParameters;

    before(async () => {
      const files = await filesOf(archive as Buffer);
      examples = files.filter(({ name }) => name.startsWith('package/example/')).map(({ json }) => json as never);
      parameters = searchParametersWith(
        files.flatMap(({ json }) => {
          const definition =
            json.resourceType === 'SearchParameter' ? searchParameterDefinition(json as never) : undefined;
          return definition && 'parameters' in definition ? definition.parameters : [];
        }),
      );
      server = await runningServer();
      token = await server.token('system/*.cruds');
      await installPackage(server, archive as Buffer);
      await untilIndexed(server, token);
    });
    after(() => server.close());

    async function batch(requests: readonly object[]): Promise<BundleJson['entry']> {
      const entries: BundleJson['entry'][number][] = [];
      for (let at = 0; at < requests.length; at += batchSize) {
        const body = JSON.stringify({
          resourceType: 'Bundle',
          type: 'batch',
          entry: requests.slice(at, at + batchSize),
        });
        entries.push(...(await bundleOf(await server.ask('', token, { method: 'POST', body }))).entry);
      }
      return entries;
    }

    test('load', async () => {
      assert.ok(examples.length > 150);
      const answers = await batch(
        examples.map((resource) => ({
          resource,
          request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
        })),
      );
      const refused = answers.flatMap(({ response }, n) =>
        response.status.startsWith('201')
          ? []
          : [`${examples[n]?.resourceType}/${examples[n]?.id}: ${JSON.stringify(response)}`],
      );
      assert.deepEqual(refused, []);
    });

    test('are found by every search parameter they have a value for', async () => {
      const searches = examples.flatMap((resource) => {
        const asked = new Set<string>();
        for (const value of parameters.valuesOf(resource)) {
          const text = searchText(value);
          if (text !== undefined) asked.add(`${value.parameter}=${encodeURIComponent(text)}`);
        }
        const { resourceType, id } = resource;
        return [...asked].map((query) => `${resourceType}?_id=${id}&_summary=count&${query}`);
      });
      assert.ok(searches.length > 2000, `${searches.length} searches`);
      const answers = await batch(searches.map((url) => ({ request: { method: 'GET', url } })));
      const missed = answers.flatMap(({ response, resource }, n) =>
        response.status.startsWith('200') && resource?.total === 1 ? [] : [`${searches[n]} ${response.status}`],
      );
      assert.deepEqual(missed, []);
    });

    test('the guide’s own parameters are among those', () => {
      const own = new Set<string>();
      for (const resource of examples) for (const value of parameters.valuesOf(resource)) own.add(value.parameter);
      for (const code of ['race', 'ethnicity', 'discharge-disposition', 'asserted-date', 'description']) {
        assert.ok(own.has(code), code);
      }
    });
  });
}
