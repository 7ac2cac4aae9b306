import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFhirPath, environmentOf } from './fhirpath.ts';
import { fhirPathLimits } from './limits.ts';
import { resourceValue } from './value.ts';

const resource = { resourceType: 'Basic' };

function evaluate(expression: string, steps?: number) {
  const environment = { ...environmentOf(resource), ...(steps === undefined ? {} : { steps }) };
  return compileFhirPath(expression).evaluate(resourceValue(resource), environment);
}

/** Runs and demands that it ends soon, by whatever means. */
function endsSoon(run: () => unknown): unknown {
  const started = performance.now();
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    assert.equal((error as Error).name, 'FhirPathError', String(error));
    result = error;
  }
  assert.ok(performance.now() - started < 5000);
  return result;
}

const many = Array.from({ length: 60 }, (_, i) => i).join('|');

for (const [name, expression] of [
  ['a collection that doubles', `(${many}).aggregate($total.combine($total), 1)`],
  ['a string that doubles', `(${many}).aggregate($total & $total, 'aaaa')`],
  ['an endless repeat', '1.repeat($this + 1)'],
  ['repeats inside each other', '1.repeat($this + 1).repeat($this + 1)'],
  ['products of collections', `(${many}).select((${many}).select((${many}).select(${many})))`],
  ['a replacement that multiplies', `(${many}).aggregate($total.replace('', $total), 'ab').length() > 0`],
] as const) {
  test(`attack 67: ${name} runs out of steps`, () => {
    assert.match(String(endsSoon(() => evaluate(expression))), /FhirPathError/);
  });
}

for (const regex of [
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(.*a){20}$',
  '^a*a*a*a*a*a*b',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]$',
]) {
  test(`attack 67: the regular expression ${regex} takes linear time`, () => {
    const text = `${'a'.repeat(5000)}!`;
    assert.ok(endsSoon(() => evaluate(`'${text}'.matches('${regex}')`, 100_000_000)));
    assert.ok(endsSoon(() => evaluate(`'${text}'.replaceMatches('${regex}', '')`)));
  });
}

for (const regex of [
  '(?:){999999}',
  '((a{1000}){1000}){1000}',
  '(?=a)',
  '(?<!a)b',
  '(a)\\\\1',
  '(a',
  'a)',
  '[z-a]',
  '*',
  'a{2,1}',
  '\\\\',
]) {
  test(`attack 67: the regular expression ${regex} is refused`, () => {
    assert.match(String(endsSoon(() => evaluate(`'a'.matches('${regex}')`))), /FhirPathError/);
  });
}

for (const [name, expression] of [
  ['parentheses', `${'('.repeat(200)}1${')'.repeat(200)}`],
  ['signs', `${'-'.repeat(2000)}1`],
  ['calls', `${'iif(true,'.repeat(200)}1${')'.repeat(200)}`],
  ['operators', Array.from({ length: 2000 }, () => '1').join('+')],
  ['a path', `id${'.id'.repeat(2000)}`],
  ['indexes', `id${'[0]'.repeat(2000)}`],
  ['characters', `'${'a'.repeat(fhirPathLimits.expression)}'`],
  ['white space', ' '.repeat(fhirPathLimits.expression + 1)],
  ['an open comment', `1 /*${'*'.repeat(10_000)}`],
] as const) {
  test(`attack 67: too much of ${name} is refused when it is parsed`, () => {
    assert.match(String(endsSoon(() => compileFhirPath(expression))), /FhirPathError/);
  });
}

test('steps are counted for each evaluation anew', () => {
  const path = compileFhirPath('(1|2|3|4|5).select($this + 1)');
  const environment = { ...environmentOf(resource), steps: 100 };
  for (let i = 0; i < 100; i++) assert.equal(path.evaluate(resourceValue(resource), environment).length, 5);
  assert.throws(() => path.evaluate(resourceValue(resource), { ...environment, steps: 10 }), /more steps/);
});

test('a message holds nothing of the resource', () => {
  const patient = { resourceType: 'Patient', name: [{ family: 'Secret' }, { family: 'Hidden' }] };
  for (const expression of [
    'name.family.single()',
    'name.family.first() < 1',
    '-name.family.first()',
    'name.family.upper()',
  ]) {
    const evaluateIt = () => compileFhirPath(expression).evaluate(resourceValue(patient), environmentOf(patient));
    assert.throws(evaluateIt, (error: Error) => !/Secret|Hidden/.test(error.message));
  }
});
