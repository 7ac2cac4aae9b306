import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { terminologyOf, typesInCompartment, validateProfiles } from '@chartgate/fhir';
import { builtinConformance } from '../../packages/server/src/conformance/builtin/builtin.ts';
import { usCore } from '../../packages/server/src/testing/shared-data.ts';
import { root } from '../support/command.ts';
import { installPackage } from '../support/install-package.ts';
import { minimalInstance } from '../support/minimal-instance.ts';
import { type RunningServer, runningServer } from '../support/running-server.ts';
import { untilIndexed } from '../support/until-indexed.ts';
import {
  ask,
  complaints,
  type Exercised,
  exercised,
  make,
  type ResourceClaims,
  type Rest,
  type Statement,
} from './claimed.testing.ts';
import { behaviours, interactions, patchFormats } from './interaction-claims.testing.ts';
import { calls, validateBy } from './operation-claims.testing.ts';
import { searched } from './searched.testing.ts';

const archive = usCore.find(({ version }) => version === '7.0.0')?.archive;
const withoutUsCore = archive === undefined ? 'the package is not beside the repository' : false;
const usCoreUrl = 'http://hl7.org/fhir/us/core';

let server: RunningServer;
let token: string;
let chart: Exercised;
let statement: Statement;
let rest: Rest;
let types: readonly string[];

/** Each claim that is exercised below, by where it stands: one that is not listed here is exercised by nothing. */
const exercisedMembers = {
  statement: [
    ...['resourceType', 'name', 'status', 'date', 'kind', 'software', 'implementation', 'fhirVersion', 'format'],
    ...['patchFormat', 'rest', 'instantiates', 'implementationGuide'],
  ],
  rest: ['mode', 'security', 'resource', 'interaction', 'operation', 'compartment'],
  resource: [
    ...['type', 'profile', 'supportedProfile', 'interaction', 'searchParam', 'searchInclude', 'searchRevInclude'],
    ...['operation', ...Object.keys(behaviours)],
  ],
};

before(async () => {
  server = await runningServer({ demo: true });
  token = await server.token('system/*.cruds');
  if (archive !== undefined) {
    await installPackage(server, archive);
    await untilIndexed(server, token);
  }
  chart = exercised(server, token);
  statement = (await (await server.ask('metadata', undefined)).json()) as Statement;
  [rest] = statement.rest;
  types = rest.resource.map(({ type }) => type);
});
after(() => server.close());

/** The types that claim something. */
const typesWith = (claims: (one: ResourceClaims) => boolean) => rest.resource.filter(claims).map(({ type }) => type);

/** Asks each path by GET. @returns those that did not answer 200 */
async function unanswered(paths: readonly string[]): Promise<readonly string[]> {
  const answers = await chart.batch(paths.map((path) => ask('GET', path)));
  return answers.flatMap(({ response, resource }, at) =>
    response.status.startsWith('200') && resource?.type === 'searchset'
      ? []
      : [`${paths[at]}: ${JSON.stringify(response)}`],
  );
}

describe('metadata', () => {
  test('is a valid CapabilityStatement', () => {
    const { canonicals } = builtinConformance();
    const conformance = { canonicals, terminology: terminologyOf(canonicals) };
    const profile = 'http://hl7.org/fhir/StructureDefinition/CapabilityStatement';
    const issues = validateProfiles(statement, { conformance }, [profile]);
    assert.deepEqual(
      issues.filter(({ severity }) => severity !== 'information' && severity !== 'warning'),
      [],
    );
  });

  test('claims nothing that is not exercised here', () => {
    const strange = (value: object, known: readonly string[]) =>
      Object.keys(value).filter((member) => !known.includes(member));
    assert.deepEqual(strange(statement, exercisedMembers.statement), []);
    assert.equal(statement.rest.length, 1);
    assert.deepEqual(strange(rest, exercisedMembers.rest), []);
    for (const one of rest.resource) assert.deepEqual(strange(one, exercisedMembers.resource), [], one.type);
  });

  test('names the program, its version, its address and FHIR’s version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'packages/server/package.json'), 'utf8'));
    assert.deepEqual(statement.software, { name: 'Chartgate', version });
    assert.equal((statement.implementation as { readonly url: string }).url, server.fhir);
    assert.equal(rest.mode, 'server');
    const headers = { accept: `application/fhir+json; fhirVersion=${statement.fhirVersion}` };
    assert.equal((await server.ask('Patient?_count=1', token, { headers })).status, 200);
    const others = { accept: 'application/fhir+json; fhirVersion=5.0' };
    assert.equal((await server.ask('Patient?_count=1', token, { headers: others })).status, 406);
  });

  test('formats are answered, by _format and by Accept', async () => {
    for (const format of statement.format as readonly string[]) {
      const byAccept = format.includes('/') ? [{ path: 'Patient?_count=1', headers: { accept: format } }] : [];
      const byFormat = { path: `Patient?_count=1&_format=${encodeURIComponent(format)}`, headers: {} };
      for (const { path, headers } of [byFormat, ...byAccept]) {
        const answer = await server.ask(path, token, { headers });
        assert.equal(answer.status, 200, format);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/fhir\+json/);
      }
    }
  });

  test('patch formats are taken for every type that has patch', async () => {
    const patched = typesWith(({ interaction }) => interaction.some(({ code }) => code === 'patch'));
    for (const format of statement.patchFormat as readonly string[]) {
      const exercise = patchFormats[format];
      assert.ok(exercise, `no exercise for ${format}`);
      assert.deepEqual(await exercise(chart, patched), []);
    }
  });

  test('the security service is SMART, open to other origins', async () => {
    type Service = { readonly coding: readonly { readonly code: string }[] };
    type Uri = { readonly url: string; readonly valueUri: string };
    const { cors, service, extension, ...others } = rest.security as {
      readonly cors: boolean;
      readonly service: readonly Service[];
      readonly extension: readonly { readonly url: string; readonly extension: readonly Uri[] }[];
    };
    assert.deepEqual(others, {});
    assert.deepEqual(
      service.map(({ coding }) => coding.map(({ code }) => code)),
      [['SMART-on-FHIR']],
    );
    assert.equal((await server.ask('Patient', undefined)).status, 401);
    const smart = await (await server.ask('.well-known/smart-configuration', undefined)).json();
    const { token_endpoint, authorization_endpoint, registration_endpoint, ...more } = smart as Record<string, string>;
    assert.equal(token_endpoint, `${server.url}/oauth2/default/token`);
    assert.deepEqual(
      extension.map(({ url }) => url),
      ['http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris'],
    );
    assert.deepEqual(
      extension[0]?.extension.map(({ url, valueUri }) => [url, valueUri]),
      [
        ['token', token_endpoint],
        ['authorize', authorization_endpoint],
        ['register', registration_endpoint],
        ['introspect', more.introspection_endpoint],
        ['revoke', more.revocation_endpoint],
        ['manage', more.management_endpoint],
      ],
    );
    const headers = { origin: 'https://app.example' };
    assert.equal(
      (await server.ask('metadata', undefined, { headers })).headers.has('access-control-allow-origin'),
      cors,
    );
  });
});

describe('on the system, metadata claims', () => {
  const systemInteractions: Readonly<Record<string, () => Promise<string>>> = {
    batch: () => bundleType('batch'),
    transaction: () => bundleType('transaction'),
    'history-system': async () => typeOf(await server.ask('_history?_count=1', token)),
    'search-system': async () => typeOf(await server.ask('?_type=Patient,Group&_count=1', token)),
  };
  const typeOf = async (answer: Response) => ((await answer.json()) as { readonly type: string }).type;
  async function bundleType(type: string): Promise<string> {
    const entry = [ask('POST', 'Patient', { resource: { resourceType: 'Patient' } })];
    return typeOf(
      await server.ask('', token, { method: 'POST', body: JSON.stringify({ resourceType: 'Bundle', type, entry }) }),
    );
  }

  test('interactions that are there', async () => {
    const answered: Record<string, string> = {};
    for (const { code } of rest.interaction) answered[code] = (await systemInteractions[code]?.()) ?? 'no exercise';
    assert.deepEqual(answered, {
      transaction: 'transaction-response',
      batch: 'batch-response',
      'history-system': 'history',
      'search-system': 'searchset',
    });
  });

  test('compartments that are searched', async () => {
    const names = new Map(
      types.map((type) => [`http://hl7.org/fhir/CompartmentDefinition/${type.toLowerCase()}`, type]),
    );
    const paths = rest.compartment.flatMap((url) => {
      const type = names.get(url) ?? assert.fail(`no type has the compartment ${url}`);
      return typesInCompartment(type as 'Patient').map((inside) => `${type}/x/${inside}?_count=1`);
    });
    assert.ok(paths.length > 100);
    assert.deepEqual(await unanswered(paths), []);
  });

  test('operations that answer', async () => {
    for (const { definition } of rest.operation ?? []) assert.fail(`no exercise for ${definition}`);
  });
});

describe('on every type, metadata claims', () => {
  test('all 146 of R4, once each', () => {
    assert.equal(new Set(types).size, 146);
    assert.equal(types.length, 146);
  });

  test('interactions that are there', async () => {
    for (const code of new Set(rest.resource.flatMap(({ interaction }) => interaction.map((one) => one.code)))) {
      const exercise = interactions[code];
      assert.ok(exercise, `no exercise for ${code}`);
      const claiming = typesWith(({ interaction }) => interaction.some((one) => one.code === code));
      assert.deepEqual(await exercise(chart, claiming), [], code);
    }
  });

  for (const [member, exercises] of Object.entries(behaviours)) {
    test(`${member} as it is`, async () => {
      const values = new Map<string, string[]>();
      for (const one of rest.resource) {
        for (const value of [one[member] ?? []].flat()) {
          values.set(String(value), [...(values.get(String(value)) ?? []), one.type]);
        }
      }
      for (const [value, claiming] of values) {
        const exercise = exercises[value];
        assert.ok(exercise, `no exercise for ${member} ${value}`);
        assert.deepEqual(await exercise(chart, claiming), [], value);
      }
    });
  }

  test('search parameters that are searched, by a value of their type', async () => {
    const paths = rest.resource.flatMap(({ type, searchParam }) =>
      searchParam.map(
        ({ name, type: kind }) => `${type}?${name}=${encodeURIComponent(searched(kind, type, name))}&_count=1`,
      ),
    );
    assert.ok(paths.length > 2700, `${paths.length} parameters`);
    assert.deepEqual(await unanswered(paths), []);
  });

  test('includes, in both directions', async () => {
    const paths = rest.resource.flatMap(({ type, searchInclude, searchRevInclude }) => [
      ...searchInclude.map((one) => `${type}?_id=x&_include=${one}`),
      ...searchRevInclude.map((one) => `${type}?_id=x&_revinclude=${one}`),
    ]);
    assert.ok(paths.length > 1500, `${paths.length} includes`);
    assert.deepEqual(await unanswered(paths), []);
  });

  test('operations that answer', async () => {
    const ids = await make(chart, types);
    for (const definition of new Set(
      rest.resource.flatMap(({ operation = [] }) => operation.map((o) => o.definition)),
    )) {
      const of = calls[definition];
      assert.ok(of, `no exercise for ${definition}`);
      const claiming = typesWith(({ operation = [] }) => operation.some((one) => one.definition === definition));
      const those = new Map([...ids].filter(([type]) => claiming.includes(type)));
      assert.deepEqual(await complaints(chart, those, { of, status: 200 }), []);
    }
  });

  test('profiles that validate', async () => {
    const pairs = rest.resource.flatMap(({ type, profile, supportedProfile = [] }) =>
      [profile, ...supportedProfile].map((url) => [type, url] as const),
    );
    const nobodys = ['Patient', 'http://a.example/StructureDefinition/nobodys'] as const;
    const asked = [nobodys, ...pairs];
    const answers = await chart.batch(asked.map(([type, url]) => validateBy(type, [url])));
    const unknown = answers.flatMap(({ response, resource }, at) => {
      const issues: readonly { readonly code: string }[] = resource?.issue ?? [];
      const isKnown = response.status.startsWith('200') && !issues.some(({ code }) => code === 'not-found');
      return isKnown ? [] : [asked[at]];
    });
    assert.deepEqual(unknown, [nobodys]);
  });
});

describe('with US Core installed, metadata claims', { skip: withoutUsCore }, () => {
  test('its guide and its server’s role', () => {
    assert.deepEqual(statement.instantiates, [`${usCoreUrl}/CapabilityStatement/us-core-server`]);
    assert.deepEqual(statement.implementationGuide, [`${usCoreUrl}/ImplementationGuide/hl7.fhir.us.core|7.0.0`]);
  });

  test('each of its profiles on the type it is of, and no extension', () => {
    const claimed = rest.resource.flatMap(({ supportedProfile = [] }) => supportedProfile);
    assert.equal(claimed.length, 52);
    const ofType = (type: string) => rest.resource.find((one) => one.type === type)?.supportedProfile;
    assert.deepEqual(ofType('Patient'), [`${usCoreUrl}/StructureDefinition/us-core-patient`]);
    assert.ok(ofType('Observation')?.includes(`${usCoreUrl}/StructureDefinition/us-core-blood-pressure`));
    assert.equal(ofType('Account'), undefined);
  });

  test('its search parameters', () => {
    const patient = rest.resource.find(({ type }) => type === 'Patient');
    assert.ok(
      patient?.searchParam.some(({ definition }) => definition === `${usCoreUrl}/SearchParameter/us-core-race`),
    );
  });

  test('Provenance as reverse include on every type', () => {
    for (const { type, searchRevInclude } of rest.resource) {
      if (type !== 'Parameters') assert.ok(searchRevInclude.includes('Provenance:target'), type);
    }
  });
});

test('metadata is made anew when a profile or a search parameter comes', async () => {
  const url = 'http://clinic.example/StructureDefinition/group';
  const profile = {
    ...minimalInstance('StructureDefinition'),
    ...{ id: 'group', url, type: 'Group', kind: 'resource', abstract: false, derivation: 'constraint' },
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Group',
    differential: { element: [{ id: 'Group', path: 'Group' }] },
  };
  const path = 'StructureDefinition/group';
  assert.equal((await server.ask(path, token, { method: 'PUT', body: JSON.stringify(profile) })).status, 201);
  await untilClaimed(url, true);
  assert.equal((await server.ask(path, token, { method: 'DELETE' })).status, 204);
  await untilClaimed(url, false);
});

async function untilClaimed(url: string, isClaimed: boolean): Promise<void> {
  for (let n = 0; n < 50; n++) {
    const { rest } = (await (await server.ask('metadata', undefined)).json()) as Statement;
    const claims = rest[0].resource.find(({ type }) => type === 'Group')?.supportedProfile ?? [];
    if (claims.includes(url) === isClaimed) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(`metadata still ${isClaimed ? 'lacks' : 'claims'} the profile`);
}
