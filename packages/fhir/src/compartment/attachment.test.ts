import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeDefinition } from '../definitions/type.ts';
import { accessValues, attachingTypes, attachmentCode, securityContext } from './attachment.ts';

test('a Binary tells whom it belongs to, also where that cannot be followed', () => {
  const contextOf = (reference: unknown) =>
    accessValues({ resourceType: 'Binary', securityContext: { reference } }).map(({ type, id, url }) => [
      type,
      id,
      url,
    ]);
  assert.deepEqual(contextOf('Patient/a'), [['Patient', 'a', undefined]]);
  assert.deepEqual(contextOf('https://else.example/Patient/a'), [
    [undefined, undefined, 'https://else.example/Patient/a'],
  ]);
  assert.deepEqual(contextOf(undefined).length, 1, 'a logical reference too is somebody');
  assert.deepEqual(accessValues({ resourceType: 'Binary' }), []);
  assert.match(securityContext.code, /^:/, 'no request can name it');
});

test('attachments link to a Binary by a relative URL alone', () => {
  const content = ['Binary/1', 'https://else.example/Binary/2', 'Patient/3', 'Binary/4/_history/1', undefined].map(
    (url) => ({ attachment: { url } }),
  );
  assert.deepEqual(accessValues({ resourceType: 'DocumentReference', content }), [
    { kind: 'reference', parameter: attachmentCode, type: 'Binary', id: '1' },
    { kind: 'reference', parameter: attachmentCode, type: 'Binary', id: '4' },
  ]);
  assert.deepEqual(accessValues({ resourceType: 'Observation', content }), []);
});

test('every type that is said to attach documents has an Attachment', () => {
  const hasAttachment = (type: string, depth = 0): boolean =>
    typeDefinition(type).elements.some(({ types }) =>
      types.some(
        ({ name }) => name === 'Attachment' || (depth < 1 && name.startsWith(`${type}.`) && hasAttachment(name, 1)),
      ),
    );
  assert.deepEqual(
    attachingTypes.filter((type) => !hasAttachment(type)),
    [],
  );
});
