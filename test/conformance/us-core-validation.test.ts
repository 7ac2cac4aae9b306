import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { OperationOutcome, Resource } from '@chartgate/fhir';
import { usCore } from '../../packages/server/src/testing/shared-data.ts';
import { installPackage } from '../support/install-package.ts';
import { type RunningServer, runningServer } from '../support/running-server.ts';
import { filesOf } from '../support/us-core.ts';

/** Published examples that break a rule, by version and id, and which rule. */
const wrong: Readonly<Record<string, string>> = {
  '6.1.0 66c8856b-ba11-4876-8aa8-467aad8c11a2': 'A fullUrl ends with another id than its resource has.',
  '6.1.0 docref-example-2': 'It is the same Bundle.',
};

/** On a server that has installed the package, and validates all that is written by profiles. */
for (const { version, archive } of usCore) {
  const skip = archive === undefined ? 'the package is not beside the repository' : false;

  describe(`the examples of US Core ${version} on a server that validates by profiles`, { skip }, () => {
    let server: RunningServer;
    let token: string;
    let examples: readonly Resource[];

    before(async () => {
      const files = await filesOf(archive as Buffer);
      examples = files.filter(({ name }) => name.startsWith('package/example/')).map(({ json }) => json as never);
      server = await runningServer({ validation: 'profiles' });
      token = await server.token('system/*.cruds');
      await installPackage(server, archive as Buffer);
    });
    after(() => server.close());

    const post = (path: string, resource: object) =>
      server.ask(path, token, { method: 'POST', body: JSON.stringify(resource) });
    const errorsOf = async (resource: Resource) => {
      const outcome = (await (await post(`${resource.resourceType}/$validate`, resource)).json()) as OperationOutcome;
      return outcome.issue.filter(({ severity }) => severity === 'error');
    };

    test('meet R4 and the profiles they claim', async () => {
      for (const resource of examples) {
        const errors = await errorsOf(resource);
        const isWrong = Object.hasOwn(wrong, `${version} ${resource.id}`);
        assert.equal(errors.length > 0, isWrong, `${resource.resourceType}/${resource.id}: ${JSON.stringify(errors)}`);
      }
    });

    test('are stored, and refused where a profile is broken', async () => {
      const patient = examples.find(({ resourceType, id }) => resourceType === 'Patient' && id === 'example');
      assert.equal((await post('Patient', patient as Resource)).status, 201);
      const answer = await post('Patient', { ...patient, name: undefined });
      assert.equal(answer.status, 422);
      assert.match(await answer.text(), /us-core-patient/);
    });
  });
}
