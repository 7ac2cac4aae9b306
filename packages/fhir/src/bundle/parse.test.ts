import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '../outcome/fhir-error.ts';
import { type Bundle, type BundleEntry, isRefused } from './entry.ts';
import { type BundleOptions, parseBundle as parse } from './parse.ts';

/** As text and as bytes, from which the same must come. */
function parseBundle(text: string, options: BundleOptions = {}): Bundle {
  const read = (source: string | Uint8Array) => {
    try {
      return parse(source, options);
    } catch (error) {
      return error;
    }
  };
  const [asText, asBytes] = [read(text), read(Buffer.from(text))];
  assert.deepEqual(asBytes, asText);
  if (asText instanceof Error) throw asText;
  return asText as Bundle;
}

const bundle = (type: string, ...entry: unknown[]) => JSON.stringify({ resourceType: 'Bundle', type, entry });
const post = (resourceType: string, more: object = {}) => ({
  resource: { resourceType },
  request: { method: 'POST', url: resourceType },
  ...more,
});

const refusal = (text: string, options: BundleOptions = {}): FhirError => {
  try {
    parseBundle(text, options);
  } catch (error) {
    assert.ok(error instanceof FhirError, String(error));
    return error;
  }
  throw new Error('not refused');
};

const only = (entry: unknown): BundleEntry => {
  const [first] = parseBundle(bundle('transaction', entry)).entries;
  assert.ok(first && !isRefused(first));
  return first;
};

test('each entry keeps its own piece of the text, decimals as written and white space dropped', () => {
  const { type, entries } = parseBundle(`{ "resourceType": "Bundle", "type": "transaction", "entry": [
    { "fullUrl": "urn:uuid:1", "resource": { "resourceType": "Observation", "valueQuantity": { "value": 1.50 } },
      "request": { "method": "POST", "url": "Observation" } },
    { "request": { "method": "DELETE", "url": "Patient/1" } } ] }`);
  assert.equal(type, 'transaction');
  assert.deepEqual(entries, [
    {
      index: 0,
      fullUrl: 'urn:uuid:1',
      request: { method: 'POST', url: 'Observation', target: { path: ['Observation'], type: 'Observation' } },
      content: {
        resource: { resourceType: 'Observation', valueQuantity: { value: 1.5 } },
        text: '{"resourceType":"Observation","valueQuantity":{"value":1.50}}',
      },
    },
    {
      index: 1,
      request: { method: 'DELETE', url: 'Patient/1', target: { path: ['Patient', '1'], type: 'Patient', id: '1' } },
    },
  ]);
});

test('a bundle without entries is an empty one', () => {
  assert.deepEqual(parseBundle('{"resourceType":"Bundle","type":"batch"}'), { type: 'batch', entries: [] });
});

for (const [url, target] of [
  ['Patient', { path: ['Patient'], type: 'Patient' }],
  ['Patient?name=x', { path: ['Patient'], type: 'Patient', query: 'name=x' }],
  ['Patient/1', { path: ['Patient', '1'], type: 'Patient', id: '1' }],
  ['Patient/_history', { path: ['Patient', '_history'], type: 'Patient' }],
  ['Patient/1/_history', { path: ['Patient', '1', '_history'], type: 'Patient', id: '1' }],
  ['Patient/1/_history/2', { path: ['Patient', '1', '_history', '2'], type: 'Patient', id: '1' }],
  ['Patient/1/$everything', { path: ['Patient', '1', '$everything'], type: 'Patient', id: '1' }],
  ['_history?_count=1', { path: ['_history'], query: '_count=1' }],
  ['?_type=Patient', { path: [], query: '_type=Patient' }],
  ['https://here.example/fhir/Patient/1', { path: ['Patient', '1'], type: 'Patient', id: '1' }],
  ['https://here.example/fhir?_type=Patient', { path: [], query: '_type=Patient' }],
] as const) {
  test(`GET ${url} is understood`, () => {
    const text = bundle('batch', { request: { method: 'GET', url } });
    const [entry] = parseBundle(text, { base: 'https://here.example/fhir' }).entries;
    assert.ok(entry && !isRefused(entry));
    assert.deepEqual(entry.request.target, target);
  });
}

test('conditions are read: a search without its question mark, a version without its quotes', () => {
  const create = only(post('Patient', { request: { method: 'POST', url: 'Patient', ifNoneExist: '?identifier=a|b' } }));
  assert.equal(create.request.ifNoneExist, 'identifier=a|b');
  const update = only({
    resource: { resourceType: 'Patient', id: '1' },
    request: { method: 'PUT', url: 'Patient/1', ifMatch: 'W/"3"' },
  });
  assert.deepEqual(update.request.ifMatch, ['3']);
  const read = only({
    request: { method: 'GET', url: 'Patient/1', ifNoneMatch: 'W/"3"', ifModifiedSince: '2026-01-31T09:30:00Z' },
  });
  assert.deepEqual(read.request.ifNoneMatch, ['3']);
  assert.equal(read.request.ifModifiedSince, Date.UTC(2026, 0, 31, 9, 30));
});

const put = (id: unknown, url: string) => ({
  resource: { resourceType: 'Patient', id },
  request: { method: 'PUT', url },
});

for (const [name, entry, expression, expected] of [
  ['no object', 1, '', /Expected an object/],
  ['no request', { resource: { resourceType: 'Patient' } }, '.request', /method and a url/],
  [
    'an unknown method',
    post('Patient', { request: { method: 'FETCH', url: 'Patient' } }),
    '.request.method',
    /one of GET/,
  ],
  ['no url', post('Patient', { request: { method: 'POST' } }), '.request.url', /Expected a url/],
  ['an unknown type', post('Document'), '.request.url', /url below the base/],
  [
    'a leading slash',
    post('Patient', { request: { method: 'POST', url: '/Patient' } }),
    '.request.url',
    /below the base/,
  ],
  [
    'a foreign base',
    { request: { method: 'GET', url: 'https://other.example/Patient/1' } },
    '.request.url',
    /below the base/,
  ],
  ['a malformed id', { request: { method: 'GET', url: 'Patient/a_b' } }, '.request.url', /below the base/],
  ['POST to an id', post('Patient', { request: { method: 'POST', url: 'Patient/1' } }), '.request.url', /type alone/],
  ['DELETE of a type', { request: { method: 'DELETE', url: 'Patient' } }, '.request.url', /Type\/id or Type\?query/],
  ['POST without a resource', { request: { method: 'POST', url: 'Patient' } }, '.resource', /Expected a resource/],
  [
    'GET with a resource',
    { ...post('Patient'), request: { method: 'GET', url: 'Patient' } },
    '.resource',
    /no resource/,
  ],
  [
    'a resource that is none',
    { resource: { a: 1 }, request: { method: 'POST', url: 'Patient' } },
    '.resource',
    /resourceType/,
  ],
  [
    'a resource of another type',
    { resource: { resourceType: 'Group' }, request: { method: 'POST', url: 'Patient' } },
    '.resource.resourceType',
    /a Patient/,
  ],
  ['PUT without an id', put(undefined, 'Patient/1'), '.resource.id', /id that request\.url names/],
  ['PUT of another id', put('2', 'Patient/1'), '.resource.id', /id that request\.url names/],
  ['an id that is a number', put(1, 'Patient/1'), '.resource.id', /1 to 64/],
  ['a relative fullUrl', post('Patient', { fullUrl: 'Patient/1' }), '.fullUrl', /absolute URL/],
  [
    'a fullUrl with a version',
    post('Patient', { fullUrl: 'http://a.example/Patient/1/_history/2' }),
    '.fullUrl',
    /without a version/,
  ],
  [
    'ifNoneExist with PUT',
    { ...put('1', 'Patient/1'), request: { method: 'PUT', url: 'Patient/1', ifNoneExist: 'a=b' } },
    '.request.ifNoneExist',
    /of a type. alone/,
  ],
  [
    'ifNoneExist that is no search',
    post('Patient', { request: { method: 'POST', url: 'Patient', ifNoneExist: 'x' } }),
    '.request.ifNoneExist',
    /a search/,
  ],
  [
    'ifMatch that is no tag',
    { ...put('1', 'Patient/1'), request: { method: 'PUT', url: 'Patient/1', ifMatch: '3' } },
    '.request.ifMatch',
    /entity tag/,
  ],
] as const) {
  test(`${name} is refused by its place`, () => {
    const error = refusal(bundle('transaction', post('Patient'), entry));
    assert.equal(error.status, 400);
    assert.deepEqual(error.issues[0]?.expression, [`Bundle.entry[1]${expression}`]);
    assert.match(error.message, expected);
  });
}

test('all refused entries of a transaction are named at once', () => {
  const error = refusal(bundle('transaction', post('Foo'), post('Patient'), put('2', 'Patient/1')));
  assert.deepEqual(
    error.issues.flatMap((issue) => issue.expression ?? []),
    ['Bundle.entry[0].request.url', 'Bundle.entry[2].resource.id'],
  );
});

test('a patch is Parameters, or a Binary with a JSON Patch', () => {
  const patch = (resource: object, url = 'Patient/1') => ({ resource, request: { method: 'PATCH', url } });
  const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json', data: 'W10=' };
  assert.equal(only(patch({ resourceType: 'Parameters' })).request.method, 'PATCH');
  assert.equal(only(patch(binary, 'Patient?identifier=a')).request.target.query, 'identifier=a');
  for (const resource of [{ resourceType: 'Patient' }, { ...binary, contentType: 'text/plain' }]) {
    assert.match(refusal(bundle('transaction', patch(resource))).message, /Parameters with a FHIRPath Patch/);
  }
});

test('an operation may be called without parameters, or with a resource of any type', () => {
  const call = (url: string, more: object = {}) => ({ request: { method: 'POST', url }, ...more });
  assert.deepEqual(only(call('Patient/$match')).request.target.path, ['Patient', '$match']);
  assert.equal(
    only(call('Patient/$validate', { resource: { resourceType: 'Group' } })).content?.resource.resourceType,
    'Group',
  );
});

test('in a batch a refused entry stands beside the others', () => {
  const { entries } = parseBundle(bundle('batch', post('Foo'), post('Patient')));
  assert.deepEqual(entries.map(isRefused), [true, false]);
});

test('a fullUrl twice, or the same resource twice in a transaction, is refused', () => {
  const twice = refusal(
    bundle('transaction', post('Patient', { fullUrl: 'urn:x:1' }), post('Group', { fullUrl: 'urn:x:1' })),
  );
  assert.deepEqual(twice.issues[0]?.expression, ['Bundle.entry[1].fullUrl']);
  assert.equal(twice.issues[0]?.code, 'duplicate');
  const both = refusal(
    bundle('transaction', put('1', 'Patient/1'), { request: { method: 'DELETE', url: 'Patient/1' } }),
  );
  assert.deepEqual(both.issues[0]?.expression, ['Bundle.entry[1].request.url']);
  const reads = { request: { method: 'GET', url: 'Patient/1' } };
  assert.equal(parseBundle(bundle('transaction', put('1', 'Patient/1'), reads, reads)).entries.length, 3);
});

for (const [name, text, expected] of [
  ['another resource', '{"resourceType":"Patient"}', /Expected a Bundle/],
  ['no resource', '[]', /a FHIR resource/],
  ['another type of bundle', '{"resourceType":"Bundle","type":"searchset"}', /batch or transaction/],
  ['entries that are no array', '{"resourceType":"Bundle","type":"batch","entry":{}}', /an array/],
  ['broken JSON', '{"resourceType":"Bundle","type":', /column 33/],
] as const) {
  test(`${name} is refused`, () => {
    const error = refusal(text);
    assert.equal(error.status, 400);
    assert.match(error.message, expected);
  });
}

test('attack 66: entries are bounded', () => {
  assert.equal(refusal(bundle('batch', ...Array(5001).fill(1))).status, 413);
  assert.equal(refusal(bundle('batch', 1, 2, 3), { entries: 2 }).status, 413);
  assert.equal(refusal(bundle('transaction', ...Array(5000).fill(1))).issues.length, 50);
});
