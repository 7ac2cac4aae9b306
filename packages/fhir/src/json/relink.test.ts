import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResource } from './content.ts';
import { generator } from './generator.testing.ts';
import { visitLinks } from './link.ts';
import { rewriteReferences } from './relink.ts';
import { type Edit, edited } from './slice.ts';

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

test('nulls in an array of uris hide no link, and what does not change is shared', () => {
  const content = parseResource(
    '{"resourceType":"Basic","instantiatesUri":[null,"urn:a",null,"urn:b"],"code":{"text":"x"}}',
  );
  const { resource, text } = rewriteReferences(content, (value) => (value === 'urn:b' ? 'Basic/1' : undefined));
  assert.equal(text, '{"resourceType":"Basic","instantiatesUri":[null,"urn:a",null,"Basic/1"],"code":{"text":"x"}}');
  assert.deepEqual(resource, JSON.parse(text));
  assert.equal(resource.code, content.resource.code);
  assert.deepEqual(content.resource.instantiatesUri, [null, 'urn:a', null, 'urn:b']);
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

test('a reference with quotes in it does not stand for members that it looks like', () => {
  const value = 'a","x":"b';
  const json = JSON.stringify({ reference: value, y: { reference: 'a', x: 'b' } });
  const content = parseResource(`{"resourceType":"Basic",${json.slice(1)}`);
  const { resource, text } = rewriteReferences(content, (link) => (link === value ? 'Patient/1' : undefined));
  assert.deepEqual(resource, { resourceType: 'Basic', reference: 'Patient/1', y: { reference: 'a', x: 'b' } });
  assert.deepEqual(JSON.parse(text), resource);
});

test('text and object stay the same resource, whatever is rewritten in 5000 generated ones', () => {
  const { value } = generator(11);
  const places: Record<string, string> = { k0: 'reference', k1: 'url', k2: 'div' };
  let rewrites = 0;
  for (let i = 0; i < 5000; i++) {
    const json = value(5).replaceAll(/"(k[012])"/g, (_, name: string) => `"${places[name]}"`);
    const content = parseResource(`{"resourceType":"Basic","a":${json},"reference":${value(0)}}`);
    const before = structuredClone(content.resource);
    const target = (link: string) => (link.length % 2 === 1 ? `<${link}>` : undefined);
    const edits: Edit[] = [];
    visitLinks(content.text, ({ value, start, end }) => {
      const to = target(value);
      if (to !== undefined) edits.push({ start, end, text: JSON.stringify(to).slice(1, -1) });
    });
    const { resource, text } = rewriteReferences(content, target);
    assert.equal(text, edited(content.text, edits));
    assert.deepEqual(resource, JSON.parse(text));
    assert.deepEqual(content.resource, before);
    if (text !== content.text) rewrites++;
  }
  assert.ok(rewrites > 500);
});
