import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBeside } from '../../../scripts/archive.ts';
import type { Issue } from '../../outcome/outcome.ts';
import { terminologyOf } from '../../terminology/terminology-of.ts';
import { r4Canonicals } from '../../testing/canonicals.ts';
import type { ValidationContext } from './run.ts';
import { validateProfiles } from './validate-profiles.ts';

/** Cases of the public test suite of validators, with what the reference validator says of each. */
type Case = {
  readonly id: string;
  readonly file: string;
  readonly valid: boolean;
  readonly errors: readonly { readonly text: string; readonly expression: readonly string[] }[];
};

/** Cases where we say otherwise, and why. This list may only become shorter. */
const disagreements: Readonly<Record<string, string>> = {
  'supplement-2': 'The contents of code systems are not compared with the system they supplement.',
  cvx: 'Displays are not compared: the codes of CVX are not at hand.',
  'obs-mz': 'A wrong path in the differential of a profile shows when the profile is used, not when it is validated.',
  'vs-bad-props': 'Filters of value sets are not checked against SNOMED CT, which is licensed.',
  'vs-bad-ecl': 'Expressions of SNOMED CT are not parsed.',
};

/** Cases where we find errors too, but nowhere that the reference validator has them, and why. */
const elsewhere: Readonly<Record<string, string>> = {};

const folder = 'shared/data/suites/validator';
const manifest = readBeside(`${folder}/manifest.json`);
const cases: readonly Case[] = manifest === undefined ? [] : JSON.parse(manifest);

let conformance: ValidationContext['conformance'] | undefined;

function errorsOf({ file }: Case): readonly Issue[] {
  const text = readBeside(`${folder}/cases/${file}`)?.replace(/^\uFEFF/, '');
  conformance ??= { canonicals: r4Canonicals(), terminology: terminologyOf(r4Canonicals()) };
  return validateProfiles(JSON.parse(text ?? ''), { conformance }).filter(({ severity }) => severity === 'error');
}

/** The place as we write it: without the names of resources, types and URLs that the reference validator puts into it. */
function placeOf(expression: string): string {
  return expression
    .replace(/\/\*.*?\*\//g, '')
    .replace(/\.ofType\(\w+\)/g, '')
    .replace(/\[url='[^']*'\]/g, '');
}

/** Whether one is the other, or inside of it. */
function touches(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

const skip = cases.length === 0 ? 'the suite is not beside the repository' : false;

test('the suite has cases, and every disagreement is of one of them', { skip }, () => {
  assert.equal(cases.length, 72);
  for (const id of [...Object.keys(disagreements), ...Object.keys(elsewhere)]) {
    assert.ok(
      cases.some((one) => one.id === id),
      id,
    );
  }
});

for (const one of cases) {
  const reason = disagreements[one.id];
  test(`${one.id}: ${reason === undefined ? 'judged as by the reference validator' : `otherwise: ${reason}`}`, () => {
    const errors = errorsOf(one);
    const found = errors.map(({ diagnostics, expression }) => `${expression?.join()} ${diagnostics}`).join('\n');
    assert.equal(errors.length === 0, reason === undefined ? one.valid : !one.valid, found);
    if (one.valid || errors.length === 0) return;
    const theirs = one.errors.flatMap(({ expression }) => expression.map(placeOf));
    const ours = errors.flatMap(({ expression }) => expression ?? []);
    const isSame = ours.some((place) => theirs.some((other) => touches(place, other)));
    assert.equal(isSame, elsewhere[one.id] === undefined, `${ours.join()} is not where ${theirs.join()} is`);
  });
}
