import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookup, subsumption } from './lookup.ts';
import { findCodeSystem } from './system-set.ts';
import { animals, sourceOf, valueSet } from './terminology.testing.ts';
import { codeSystemDomain, validateCode, valueSetDomain } from './validate-code.ts';
import { valueSetsOf } from './value-set.ts';

const source = sourceOf();
const system = findCodeSystem(source, animals)!;

test('a code is looked up with its words, place and properties', () => {
  const found = lookup(system, 'dog');
  assert.deepEqual(found.slice(0, 3), [
    { name: 'name', valueString: 'Animals' },
    { name: 'version', valueString: '1.0.0' },
    { name: 'display', valueString: 'Dog' },
  ]);
  const designation = [
    { name: 'language', valueCode: 'de' },
    { name: 'value', valueString: 'Hund' },
  ];
  assert.deepEqual(found[3], { name: 'designation', part: designation });
  const properties = found.filter(({ name }) => name === 'property').map(({ part = [] }) => part[0]?.valueCode);
  assert.deepEqual(properties, ['definition', 'inactive', 'parent', 'legs']);
  const asked = lookup(system, 'dog', { properties: ['legs'], displayLanguage: 'de' }).slice(2);
  const legs = [
    { name: 'code', valueCode: 'legs' },
    { name: 'value', valueInteger: 4 },
  ];
  assert.deepEqual(asked, [
    { name: 'display', valueString: 'Hund' },
    { name: 'property', part: legs },
  ]);
  assert.throws(() => lookup(system, 'cat'), { code: 'not-found' });
});

test('how two codes stand to each other', () => {
  assert.equal(subsumption(system, 'animal', 'duck'), 'subsumes');
  assert.equal(subsumption(system, 'duck', 'animal'), 'subsumed-by');
  assert.equal(subsumption(system, 'duck', 'duck'), 'equivalent');
  assert.equal(subsumption(system, 'duck', 'dog'), 'not-subsumed');
  assert.throws(() => subsumption(system, 'duck', 'cat'), { code: 'not-found' });
});

test('a code is valid in a value set or code system, under its right display', () => {
  const birds = valueSet('birds', {
    include: [{ system: animals, filter: [{ property: 'concept', op: 'is-a', value: 'bird' }] }],
  });
  const domain = valueSetDomain(birds.url, valueSetsOf(source).of(birds));
  const duck = { system: animals, code: 'duck' };
  assert.deepEqual(validateCode(domain, [duck]), { result: true, display: 'Duck' });
  assert.deepEqual(validateCode(domain, [{ ...duck, display: ' dUCK' }]), { result: true, display: 'Duck' });
  const wrong = validateCode(domain, [{ ...duck, display: 'Goose' }]);
  assert.deepEqual([wrong.result, wrong.display], [false, 'Duck']);
  assert.match(wrong.message ?? '', /has the display "Duck", not "Goose"/);
  const dog = { system: animals, code: 'dog' };
  assert.equal(validateCode(domain, [dog]).result, false);
  assert.deepEqual(validateCode(domain, [dog, duck]), { result: true, display: 'Duck' });
  assert.equal(validateCode(domain, []).result, false);

  const whole = codeSystemDomain(system);
  const animal = { system: animals, code: 'animal' };
  assert.match(validateCode(whole, [animal]).message ?? '', /is abstract/);
  assert.equal(validateCode(whole, [animal], { abstract: true }).result, true);
  assert.equal(validateCode(whole, [{ code: 'dog', display: 'hund' }], { displayLanguage: 'de' }).display, 'Hund');
  assert.equal(validateCode(whole, [{ system: 'http://a.example/other', code: 'dog' }]).result, false);
});

test('a code that cannot be told is no answer', () => {
  const sct = valueSet('sct', { include: [{ system: 'http://snomed.info/sct' }] });
  const domain = valueSetDomain(sct.url, valueSetsOf(source).of(sct));
  assert.throws(() => validateCode(domain, [{ system: 'http://snomed.info/sct', code: '1' }]), {
    code: 'not-supported',
  });
});
