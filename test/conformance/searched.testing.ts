import assert from 'node:assert/strict';
import { r4SearchParameters } from '@chartgate/fhir';

/** A value that a search parameter takes, of which nothing needs to be found. */
export function searched(kind: string, type: string, name: string): string {
  switch (kind) {
    case 'composite': {
      const parts = r4SearchParameters.find(type, name)?.components ?? assert.fail(`${type}.${name} has no parts`);
      return parts.map((part) => searched(part.type, type, part.code)).join('$');
    }
    case 'special':
      return name === 'near' ? '42.25|-83.69|10|km' : assert.fail(`no value for ${type}.${name}`);
    default:
      return values[kind] ?? assert.fail(`no value for a parameter of type ${kind}`);
  }
}

const values: Readonly<Record<string, string>> = {
  date: 'ge2026-01-01',
  number: '1',
  quantity: '1|http://unitsofmeasure.org|mg',
  reference: 'x',
  string: 'x',
  token: 'http://a.example|x',
  uri: 'http://a.example/x',
};
