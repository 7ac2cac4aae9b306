import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResource } from './content.ts';
import { generator } from './generator.testing.ts';
import { rewriteReferences, visitLinks } from './link.ts';

const rewritten = (resource: object, map: Record<string, string>) => {
  const content = parseResource(JSON.stringify({ resourceType: 'Basic', ...resource }));
  const result = rewriteReferences(content, (value) => map[value]);
  assert.deepEqual(result.resource, JSON.parse(result.text));
  const { resourceType, ...rest } = result.resource;
  return rest;
};

test('references are rewritten in text and object, the rest stays as written', () => {
  const content = parseResource(
    '{"resourceType":"Basic","x":1.50,"subject":{"reference":"urn:uuid:1"},"y":"urn:uuid:1"}',
  );
  const { resource, text } = rewriteReferences(content, (value) => (value === 'urn:uuid:1' ? 'Patient/7' : undefined));
  assert.equal(text, '{"resourceType":"Basic","x":1.50,"subject":{"reference":"Patient/7"},"y":"urn:uuid:1"}');
  assert.deepEqual(resource.subject, { reference: 'Patient/7' });
});

test('uri elements and arrays of them are rewritten, identifiers and names are not', () => {
  const urn = 'urn:uuid:1';
  assert.deepEqual(
    rewritten(
      {
        identifier: [{ system: 'urn:ietf:rfc:3986', value: urn }],
        content: [{ attachment: { url: urn } }],
        instantiatesUri: ['http://other.example', urn],
        instantiatesCanonical: [urn],
        extension: [{ url: 'http://x.example', valueUri: urn }],
        reference: { reference: urn },
      },
      { [urn]: 'Binary/9' },
    ),
    {
      identifier: [{ system: 'urn:ietf:rfc:3986', value: urn }],
      content: [{ attachment: { url: 'Binary/9' } }],
      instantiatesUri: ['http://other.example', 'Binary/9'],
      instantiatesCanonical: [urn],
      extension: [{ url: 'http://x.example', valueUri: 'Binary/9' }],
      reference: { reference: 'Binary/9' },
    },
  );
});

test('links of a narrative are rewritten in either kind of quotes', () => {
  const div = (link: string) => `<div><a href="${link}">x</a> urn:uuid:1 <img alt='' src='${link}'/></div>`;
  assert.deepEqual(rewritten({ text: { div: div('urn:uuid:1') } }, { 'urn:uuid:1': 'Patient/7' }), {
    text: { div: div('Patient/7') },
  });
});

test('a reference written with escapes is understood', () => {
  const content = parseResource('{"resourceType":"Basic","subject":{"reference":"Patient\\/1"}}');
  assert.match(rewriteReferences(content, (v) => (v === 'Patient/1' ? 'Patient/2' : undefined)).text, /"Patient\/2"/);
});

test('text that looks like a reference inside of a string is none', () => {
  const links: string[] = [];
  visitLinks(JSON.stringify({ note: '"reference":"Patient/1"', a: '\\', reference: 'Patient/2' }), (link) => {
    links.push(link.value);
  });
  assert.deepEqual(links, ['Patient/2']);
});

test('content without a hit is the same content', () => {
  const content = parseResource('{"resourceType":"Basic","subject":{"reference":"Patient/1"}}');
  assert.equal(
    rewriteReferences(content, () => undefined),
    content,
  );
});

/** The same rule over the object: every string member named `reference`, or in an array of that name. */
function rewrittenObject(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrittenObject);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const isLink = name === 'reference' && typeof member === 'string';
    return [name, isLink ? `<${member}>` : rewrittenObject(member)];
  });
  return Object.fromEntries(members);
}

test('rewriting 2000 generated resources gives what walking over the object gives', () => {
  const { value, next } = generator(11);
  for (let i = 0; i < 2000; i++) {
    const json = value(4).replaceAll('"k1"', next(3) ? '"reference"' : '"div"');
    const content = parseResource(`{"resourceType":"Basic","a":${json},"reference":${value(0)}}`);
    const { resource, text } = rewriteReferences(content, (link, place) =>
      place === 'reference' ? `<${link}>` : undefined,
    );
    const expected = rewrittenObject(content.resource);
    assert.deepEqual(JSON.parse(text), resource);
    // An array named `reference` is no link in FHIR and is not generated as strings alone.
    if (!/"reference":\["/.test(text)) assert.deepEqual(resource, expected);
  }
});
