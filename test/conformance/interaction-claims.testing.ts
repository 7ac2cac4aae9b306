import { minimalInstance } from '../support/minimal-instance.ts';
import { type Answered, ask, complaints, type Exercised, make } from './claimed.testing.ts';

/** Shows that the types do what they claim. @returns what was not as it should be */
export type Exercise = (chart: Exercised, types: readonly string[]) => Promise<readonly string[]>;

const named = (type: string, id: string, more: object = {}) => ({ ...minimalInstance(type), id, ...more });
const isNamed = ({ resource }: Answered, id: string) => resource?.id === id;
const isVersion = (version: string) => (answer: Answered, id: string) =>
  isNamed(answer, id) && answer.resource.meta.versionId === version && answer.response.etag === `W/"${version}"`;
const holds = ({ resource }: Answered, id: string) =>
  resource?.entry?.some((one: Answered) => one.resource?.id === id) === true;

function jsonPatch(operations: readonly object[]): object {
  const data = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { resourceType: 'Binary', contentType: 'application/json-patch+json', data };
}

function fhirPathPatch(type: string): object {
  const part = [
    { name: 'type', valueCode: 'add' },
    { name: 'path', valueString: type },
    { name: 'name', valueString: 'language' },
    { name: 'value', valueCode: 'de' },
  ];
  return { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] };
}

const byJsonPatch: Exercise = async (chart, types) =>
  complaints(chart, await make(chart, types), {
    of: (type, id) =>
      ask('PATCH', `${type}/${id}`, { resource: jsonPatch([{ op: 'add', path: '/language', value: 'en' }]) }),
    status: 200,
    is: (answer, id) => isVersion('2')(answer, id) && answer.resource.language === 'en',
  });

const byFhirPathPatch: Exercise = async (chart, types) =>
  complaints(chart, await make(chart, types), {
    of: (type, id) => ask('PATCH', `${type}/${id}`, { resource: fhirPathPatch(type) }),
    status: 200,
    is: (answer, id) => isVersion('2')(answer, id) && answer.resource.language === 'de',
  });

const update = (type: string, id: string) =>
  ask('PUT', `${type}/${id}`, { resource: named(type, id, { language: 'en' }) });

const changed = async (chart: Exercised, types: readonly string[]) => {
  const ids = await make(chart, types);
  const wrong = await complaints(chart, ids, { of: update, status: 200, is: isVersion('2') });
  return { ids, wrong };
};

const vread: Exercise = async (chart, types) => {
  const { ids, wrong } = await changed(chart, types);
  const of = (version: number) => (type: string, id: string) => ask('GET', `${type}/${id}/_history/${version}`);
  return [
    ...wrong,
    ...(await complaints(chart, ids, { of: of(1), status: 200, is: isVersion('1') })),
    ...(await complaints(chart, ids, { of: of(2), status: 200, is: isVersion('2') })),
    ...(await complaints(chart, ids, { of: of(3), status: 404 })),
  ];
};

/** By the code of the interaction, on a type. */
export const interactions: Readonly<Record<string, Exercise>> = {
  create: async (chart, types) => {
    const none = new Map(types.map((type) => [type, '']));
    const of = (type: string) => ask('POST', type, { resource: minimalInstance(type) });
    return complaints(chart, none, { of, status: 201, is: ({ resource }) => resource?.id !== undefined });
  },
  read: async (chart, types) =>
    complaints(chart, await make(chart, types), {
      of: (type, id) => ask('GET', `${type}/${id}`),
      status: 200,
      is: isVersion('1'),
    }),
  vread,
  update: async (chart, types) => (await changed(chart, types)).wrong,
  patch: async (chart, types) => [...(await byJsonPatch(chart, types)), ...(await byFhirPathPatch(chart, types))],
  delete: async (chart, types) => {
    const ids = await make(chart, types);
    return [
      ...(await complaints(chart, ids, { of: (type, id) => ask('DELETE', `${type}/${id}`), status: 204 })),
      ...(await complaints(chart, ids, { of: (type, id) => ask('GET', `${type}/${id}`), status: 410 })),
    ];
  },
  'history-instance': async (chart, types) => {
    const { ids, wrong } = await changed(chart, types);
    const of = (type: string, id: string) => ask('GET', `${type}/${id}/_history`);
    const is = ({ resource }: Answered) => resource.entry.length === 2;
    return [...wrong, ...(await complaints(chart, ids, { of, status: 200, is }))];
  },
  'history-type': async (chart, types) =>
    complaints(chart, await make(chart, types), {
      of: (type) => ask('GET', `${type}/_history?_count=5`),
      status: 200,
      is: holds,
    }),
  'search-type': async (chart, types) => {
    const ids = await make(chart, types);
    const of = (type: string, id: string) => ask('GET', `${type}?_id=${id}`);
    const wrong = [...(await complaints(chart, ids, { of, status: 200, is: holds }))];
    for (const [type, id] of ids) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const init = { method: 'POST', body: `_id=${id}`, headers };
      const answer = await chart.server.ask(`${type}/_search`, chart.token, init);
      if (answer.status !== 200 || !(await answer.text()).includes(id)) wrong.push(`POST ${type}/_search`);
    }
    return wrong;
  },
};

/** By the media type, on a type. */
export const patchFormats: Readonly<Record<string, Exercise>> = {
  'application/json-patch+json': byJsonPatch,
  'application/fhir+json': byFhirPathPatch,
};

/** What a resource refers to, wherever that is. */
const references = [
  { url: 'http://a.example/literal', valueReference: { reference: 'Patient/nowhere' } },
  { url: 'http://a.example/logical', valueReference: { identifier: { value: 'x' } } },
];

/** By the member of the statement, and its value. */
export const behaviours: Readonly<Record<string, Readonly<Record<string, Exercise>>>> = {
  versioning: {
    'versioned-update': async (chart, types) => {
      const { ids, wrong } = await changed(chart, types);
      const of = (version: number) => (type: string, id: string) =>
        ask('PUT', `${type}/${id}`, { resource: named(type, id), ifMatch: `W/"${version}"` });
      return [
        ...wrong,
        ...(await complaints(chart, ids, { of: of(1), status: 412 })),
        ...(await complaints(chart, ids, { of: of(2), status: 200, is: isVersion('3') })),
      ];
    },
  },
  readHistory: { true: vread },
  updateCreate: {
    true: async (chart, types) => {
      const ids = new Map(types.map((type) => [type, 'of-the-client']));
      const of = (type: string, id: string) => ask('PUT', `${type}/${id}`, { resource: named(type, id) });
      return complaints(chart, ids, { of, status: 201, is: isVersion('1') });
    },
  },
  conditionalCreate: {
    true: async (chart, types) => {
      const ids = await make(chart, types);
      const of = (type: string, id: string) =>
        ask('POST', type, { resource: minimalInstance(type), ifNoneExist: `_id=${id}` });
      const isNew = (answer: Answered) => answer.resource?.id !== 'none';
      const none = new Map(types.map((type) => [type, 'none']));
      return [
        ...(await complaints(chart, ids, { of, status: 200, is: isNamed })),
        ...(await complaints(chart, none, { of, status: 201, is: isNew })),
      ];
    },
  },
  conditionalRead: {
    'full-support': async (chart, types) => {
      const ids = await make(chart, types);
      const of = (known: object) => (type: string, id: string) => ask('GET', `${type}/${id}`, known);
      return [
        ...(await complaints(chart, ids, { of: of({ ifNoneMatch: 'W/"1"' }), status: 304 })),
        ...(await complaints(chart, ids, { of: of({ ifNoneMatch: 'W/"2"' }), status: 200, is: isNamed })),
        ...(await complaints(chart, ids, { of: of({ ifModifiedSince: '2099-01-01T00:00:00Z' }), status: 304 })),
        ...(await complaints(chart, ids, { of: of({ ifModifiedSince: '2000-01-01T00:00:00Z' }), status: 200 })),
      ];
    },
  },
  conditionalUpdate: {
    true: async (chart, types) => {
      const ids = await make(chart, types);
      const none = new Map(types.map((type) => [type, 'by-condition']));
      const of = (type: string, id: string) => ask('PUT', `${type}?_id=${id}`, { resource: named(type, id) });
      return [
        ...(await complaints(chart, ids, { of, status: 200, is: isVersion('2') })),
        ...(await complaints(chart, none, { of, status: 201, is: isVersion('1') })),
      ];
    },
  },
  conditionalDelete: {
    single: async (chart, types) => {
      const [ids, others] = [await make(chart, types), await make(chart, types)];
      const several = (type: string, id: string) => ask('DELETE', `${type}?_id=${id},${others.get(type)}`);
      const one = (type: string, id: string) => ask('DELETE', `${type}?_id=${id}`);
      return [
        ...(await complaints(chart, ids, { of: several, status: 412 })),
        ...(await complaints(chart, ids, { of: one, status: 204 })),
        ...(await complaints(chart, ids, { of: (type, id) => ask('GET', `${type}/${id}`), status: 410 })),
      ];
    },
  },
  referencePolicy: {
    literal: (chart, types) => keepsReference(chart, types, 0),
    logical: (chart, types) => keepsReference(chart, types, 1),
  },
};

/** A reference is kept as it was written, whether or not there is what it points at. */
async function keepsReference(chart: Exercised, types: readonly string[], which: number): Promise<readonly string[]> {
  const ids = new Map(types.map((type) => [type, `refers-${which}`]));
  const extension = [references[which]];
  const of = (type: string, id: string) =>
    ask('PUT', `${type}/${id}`, { resource: named(type, id, { meta: { extension } }) });
  const is = ({ resource }: Answered) => JSON.stringify(resource?.meta?.extension) === JSON.stringify(extension);
  return [
    ...(await complaints(chart, ids, { of, status: 201 })),
    ...(await complaints(chart, ids, { of: (type, id) => ask('GET', `${type}/${id}`), status: 200, is })),
  ];
}
