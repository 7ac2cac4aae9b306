import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '@chartgate/fhir';
import { operationParameters, queryParameters, resourceParameters } from './parameters.ts';

const refused = (work: () => unknown) =>
  assert.throws(work, (error) => error instanceof FhirError && error.status === 400);

test('the parameters of a query are text', () => {
  const parameters = operationParameters(
    queryParameters([
      ['url', 'http://a.example/vs'],
      ['count', '10'],
      ['activeOnly', 'true'],
      ['property', 'a'],
      ['property', 'b'],
    ]),
  );
  assert.equal(parameters.text('url'), 'http://a.example/vs');
  assert.equal(parameters.count('count'), 10);
  assert.equal(parameters.boolean('activeOnly'), true);
  assert.deepEqual(parameters.texts('property'), ['a', 'b']);
  assert.equal(parameters.text('nothing'), undefined);
  refused(() => parameters.text('property'));
  refused(() => parameters.boolean('count'));
  refused(() => parameters.count('url'));
  refused(() => parameters.value('url', 'Coding'));
});

test('the parameters of a Parameters resource keep their types', () => {
  const parameters = operationParameters(
    resourceParameters({
      resourceType: 'Parameters',
      parameter: [
        { name: 'coding', valueCoding: { code: 'x' } },
        { name: 'count', valueInteger: 5 },
        { name: 'date', valueDateTime: '2026' },
        { name: 'resource', resource: { resourceType: 'Patient' } },
      ],
    }),
  );
  assert.deepEqual(parameters.names, ['coding', 'count', 'date', 'resource']);
  assert.deepEqual(parameters.value('coding', 'Coding'), { code: 'x' });
  assert.equal(parameters.count('count'), 5);
  assert.equal(parameters.text('date'), '2026');
  assert.deepEqual(parameters.resource('resource'), { resourceType: 'Patient' });
  refused(() => parameters.value('coding', 'Quantity'));
  refused(() => parameters.text('resource'));
  refused(() => parameters.text('coding'));
});

test('pairs are name and text in the order sent, and none of them a resource', () => {
  const sent = [
    ['code', 'a'],
    ['max', '2'],
    ['date', 'b'],
    ['code', 'c'],
  ] as const;
  const parameters = operationParameters(queryParameters(sent));
  assert.deepEqual(parameters.pairs(), sent);
  assert.deepEqual(parameters.pairs({ without: 'max' }), [sent[0], sent[2], sent[3]]);
  const complex = operationParameters([{ name: 'type', type: 'Coding', value: { code: 'x' } }]);
  assert.deepEqual(complex.pairs({ without: 'type' }), []);
  refused(() => complex.pairs());
});

test('a thousand parameters are enough', () => {
  refused(() => operationParameters(queryParameters(Array.from({ length: 1001 }, () => ['a', 'b'] as const))));
});
