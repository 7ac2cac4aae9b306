import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discover } from './discovery.ts';
import { DiscoveryError, UnreachableError } from './errors.ts';
import { peer } from './testing/peer.ts';

/** A site that answers these paths with JSON and all others with a page. */
const site = (documents: Readonly<Record<string, object>>) => async (url: string) => {
  const found = documents[url];
  return found ? Response.json(found) : new Response('<html>Welcome</html>', { status: 200 });
};

for (const url of [
  'http://smart.example',
  'http://smart.example/',
  'http://smart.example/apis/default/fhir',
  'http://smart.example/apis/default/fhir/',
  'http://smart.example/apis/default/fhir/.well-known/smart-configuration',
  'http://smart.example/oauth2/default',
]) {
  test(`${url} leads to the FHIR base`, async () => {
    const found = await discover(url, peer());
    assert.equal(found.fhirBase, 'http://smart.example/apis/default/fhir');
    assert.equal(found.tokenEndpoint, 'http://smart.example/oauth2/default/token');
    assert.equal(found.registrationEndpoint, 'http://smart.example/oauth2/default/registration');
  });
}

test("OpenEMR's registration, missing in smart-configuration, comes from openid-configuration", async () => {
  const root = 'https://emr.example/openemr';
  const found = await discover(root, {
    fetch: site({
      [`${root}/apis/default/fhir/.well-known/smart-configuration`]: {
        issuer: `${root}/apis/default/fhir`,
        token_endpoint: `${root}/oauth2/default/token`,
        scopes_supported: [['system/Patient.read']],
      },
      [`${root}/oauth2/default/.well-known/openid-configuration`]: {
        issuer: `${root}/oauth2/default`,
        token_endpoint: `${root}/oauth2/default/token`,
        registration_endpoint: `${root}/oauth2/default/registration`,
      },
    }),
  });
  assert.equal(found.registrationEndpoint, `${root}/oauth2/default/registration`);
  assert.deepEqual(found.scopesSupported, ['system/Patient.read']);
});

test('a server of the first SMART release is found by its CapabilityStatement', async () => {
  const base = 'https://old.example/r4';
  const uris = [
    { url: 'token', valueUri: 'https://old.example/token' },
    { url: 'authorize', valueUri: 'https://old.example/authorize' },
  ];
  const extension = [{ url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris', extension: uris }];
  const metadata = { resourceType: 'CapabilityStatement', rest: [{ security: { extension } }] };
  const found = await discover('https://old.example', { fetch: site({ [`${base}/metadata`]: metadata }) });
  assert.deepEqual(
    [found.fhirBase, found.tokenEndpoint, found.source],
    [base, 'https://old.example/token', `${base}/metadata`],
  );
});

test('where no SMART server is, the error names every address that was tried', async () => {
  await assert.rejects(discover('https://blog.example', { fetch: site({}) }), (error) => {
    assert.ok(error instanceof DiscoveryError);
    assert.match(
      error.message,
      /https:\/\/blog\.example\/apis\/default\/fhir\/\.well-known\/smart-configuration: no JSON/,
    );
    return true;
  });
});

test('endpoints that are no web addresses are left out', async () => {
  const document = { token_endpoint: 'file:///etc/passwd', issuer: 'https://x.example' };
  const fetch = site({ 'https://x.example/fhir/.well-known/smart-configuration': document });
  await assert.rejects(discover('https://x.example/fhir', { fetch }), DiscoveryError);
});

for (const url of ['ftp://x.example', 'nonsense', '']) {
  test(`"${url}" is no address`, async () => {
    await assert.rejects(discover(url), DiscoveryError);
  });
}

test('a host that nobody answers for is unreachable at once', async () => {
  const calls: string[] = [];
  const fetch = async (url: string) => {
    calls.push(url);
    throw new TypeError('fetch failed', {
      cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    });
  };
  await assert.rejects(
    discover('https://gone.example', { fetch }),
    (error) => error instanceof UnreachableError && error.neverArrived,
  );
  assert.equal(calls.length, 1);
});

test('a discovery document without end is not read to its end', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20).fill(32)) });
  await assert.rejects(discover('https://x.example', { fetch: async () => new Response(endless) }), /longer than/);
});
