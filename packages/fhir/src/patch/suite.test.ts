import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBeside } from '../../scripts/archive.ts';
import { parseXml, resourceOfXml, type XmlElement } from '../../scripts/xml.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';
import { applyJsonPatch } from './json-patch.ts';

const folder = 'shared/data/suites/patch/';
const jsonSuite = readBeside(`${folder}json-patch-tests.json`);
const fhirPathSuite = readBeside(`${folder}fhir-patch-tests.xml`);
const missing = 'the suite is not beside the repository';

type JsonCase = {
  readonly comment: string;
  readonly doc: unknown;
  readonly patch: unknown;
  readonly expected?: unknown;
  readonly error?: string;
};

test('the public JSON Patch suite passes', { skip: jsonSuite === undefined && missing }, async (t) => {
  for (const { comment, doc, patch, expected, error } of JSON.parse(jsonSuite ?? '[]') as JsonCase[]) {
    await t.test(comment, () => {
      const before = JSON.stringify(doc);
      if (error === undefined) assert.deepEqual(applyJsonPatch(doc, patch), expected);
      else assert.throws(() => applyJsonPatch(doc, patch), { name: 'FhirError', status: 422 });
      assert.equal(JSON.stringify(doc), before);
    });
  }
});

/** The resource in `<input>`, `<diff>` or `<output>`. */
function resourceIn(element: XmlElement, name: string): unknown {
  const [resource] = element.children.find((child) => child.name === name)?.children ?? [];
  return resource && resourceOfXml(resource);
}

/** White space and escapes in a narrative differ from what the case expects. */
function comparable(resource: unknown): unknown {
  return JSON.parse(
    JSON.stringify(resource)
      .replaceAll('&quot;', '\\"')
      .replace(/(?:\\n|\\r|\s)+/g, ' '),
  );
}

test('the public FHIRPath Patch suite passes', { skip: fhirPathSuite === undefined && missing }, async (t) => {
  for (const each of parseXml(fhirPathSuite ?? '<tests/>').children) {
    await t.test(each.attributes.name ?? '', () => {
      const [input, diff, output] = ['input', 'diff', 'output'].map((name) => resourceIn(each, name));
      const before = JSON.stringify([input, diff]);
      if (output === undefined)
        assert.throws(() => applyFhirPathPatch(input, diff), { name: 'FhirError', status: 422 });
      else assert.deepEqual(comparable(applyFhirPathPatch(input, diff)), comparable(output));
      assert.equal(JSON.stringify([input, diff]), before);
    });
  }
});
