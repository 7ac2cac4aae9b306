import type { RequestMaker } from './makers.testing.ts';
import {
  anyId,
  anyType,
  bodyOf,
  type Drawn,
  formOf,
  parameterOf,
  type Source,
  start,
  writtenTypes,
} from './request.testing.ts';

/** Operations, raw content, and the writes that find what they are about by a search, or come in a bundle. */

const get = (at: string, query: Drawn['query'] = []): Drawn => ({ at, query });
const posted = (at: string, body: object): Drawn => ({ ...get(at), method: 'POST', body: JSON.stringify(body) });
const record = ({ r }: Source) => r.pick(['a', 'a', 'a', 'b', 'c', 'd']);
const dateOf = ({ r }: Source) => r.pick(['2019-01-01', '2020-02-01', '2021-06-01', '2023']);

function written(source: Source): { readonly type: string; readonly id: string } {
  const type = source.r.pick(writtenTypes);
  return { type, id: idOf(source, type) };
}

/** Half of those that are there as R4 would have them, where there are any. */
function idOf(source: Source, type: string): string {
  const isPlain = ['Observation', 'Device', 'Task'].includes(type) && source.r() < 0.5;
  return isPlain ? `plain-${record(source)}` : anyId(source, type);
}

/** What finds one resource, or several, or none. */
function condition(source: Source, type: string): string {
  const pair = source.r() < 0.7 ? (['_id', idOf(source, type)] as const) : parameterOf(source, type);
  return formOf([pair]);
}

/** Operations that read. */
export const asking: readonly RequestMaker[] = [
  {
    name: '$lastn of a record',
    weight: 2,
    make: (s) =>
      get('Observation/$lastn', [
        [s.r.pick(['patient', 'subject:Patient']), record(s)],
        s.r.pick([
          ['category', 'urn:category|laboratory,urn:category|survey'],
          ['code:missing', 'false'],
          ['code', 'a,b,c,lab'],
        ] as const),
        ['max', s.r.pick(['1', '2', '5'])],
      ]),
  },
  {
    name: '$docref of a time',
    weight: 1,
    make: (s) =>
      get('DocumentReference/$docref', [
        ['patient', record(s)],
        ...(s.r() < 0.5 ? [['start', dateOf(s)] as const] : []),
        ...(s.r() < 0.3 ? [['end', '2026-01-01'] as const] : []),
      ]),
  },
  {
    name: '$everything since or of a time',
    weight: 2,
    make: (s) =>
      get(`Patient/${record(s)}/$everything`, [
        s.r.pick([
          ['_since', new Date(start + Math.floor(s.r() * 900) * 1000).toISOString()],
          ['start', dateOf(s)],
          ['end', dateOf(s)],
          ['_type', `${anyType(s)},Observation,Provenance`],
        ] as const),
        ['_count', s.r.pick(['3', '10', '50'])],
      ]),
  },
  {
    name: '$validate of what is stored',
    weight: 2,
    make: (s) => {
      const { type, id } = written(s);
      return get(`${type}/${id}/$validate`, s.r() < 0.4 ? [['mode', s.r.pick(['delete', 'profile', 'update'])]] : []);
    },
  },
  {
    name: '$validate of what is sent',
    weight: 1,
    make: (s) => {
      const { type, id } = written(s);
      const at = s.r() < 0.5 ? `${type}/$validate?mode=create` : `${type}/${id}/$validate?mode=update`;
      return posted(at, bodyOf(s, type, at.includes(id) ? id : undefined));
    },
  },
  {
    name: 'raw content',
    weight: 1,
    make: (s) => ({ ...get(`Binary/${anyId(s, 'Binary')}`), headers: { accept: s.r.pick(['text/plain', '*/*']) } }),
  },
];

const labels = (label: object) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: label }],
});

const jsonPatch = (s: Source) => ({
  headers: { 'content-type': 'application/json-patch+json' },
  body: JSON.stringify([
    s.r.pick([
      { op: 'test', path: '/identifier/0/value', value: s.r.pick(['a', 'b', 'c']) },
      { op: 'add', path: '/language', value: 'en' },
      { op: 'add', path: '/subject', value: { reference: `Patient/${record(s)}` } },
    ]),
    { op: 'add', path: '/implicitRules', value: 'https://else.example/x' },
  ]),
});

const fhirPathPatch = (s: Source, type: string) => ({
  body: JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'operation',
        part: [
          { name: 'type', valueCode: 'add' },
          { name: 'path', valueString: s.r() < 0.5 ? type : `${type}.where(identifier.exists())` },
          { name: 'name', valueString: 'language' },
          { name: 'value', valueCode: 'en' },
        ],
      },
    ],
  }),
});

const entry = (method: string, url: string, resource?: object) => ({
  request: { method, url },
  ...(resource ? { resource } : {}),
});

/** One entry of a bundle, of any method. */
function anyEntry(source: Source): object {
  const { r } = source;
  const { type, id } = written(source);
  const search = condition(source, type);
  switch (
    r.pick(['GET', 'search', 'POST', 'PUT', 'PUT where', 'PATCH', 'DELETE', 'DELETE where', 'history'] as const)
  ) {
    case 'GET':
      return entry('GET', `${type}/${id}`);
    case 'search':
      return entry('GET', `${type}?${search}`);
    case 'history':
      return entry('GET', `${type}/${id}/_history`);
    case 'POST':
      return entry('POST', type, bodyOf(source, type));
    case 'PUT':
      return entry('PUT', `${type}/${id}`, bodyOf(source, type, id));
    case 'PUT where':
      return entry('PUT', `${type}?${search}`, bodyOf(source, type));
    case 'PATCH':
      return entry('PATCH', `${type}/${id}`, JSON.parse(fhirPathPatch(source, type).body));
    case 'DELETE':
      return entry('DELETE', `${type}/${r() < 0.5 ? 'nobody' : id}`);
    case 'DELETE where':
      return entry('DELETE', `${type}?${formOf([['_id', 'nobody']])}`);
  }
}

const bundleOf = (s: Source, type: 'batch' | 'transaction') =>
  posted('', { resourceType: 'Bundle', type, entry: Array.from({ length: s.r.pick([1, 2, 4]) }, () => anyEntry(s)) });

/** Requests that write. Few of them delete, so that there stays something to be found. */
export const changing: readonly RequestMaker[] = [
  { name: 'batch of all methods', weight: 2, make: (s) => bundleOf(s, 'batch') },
  { name: 'transaction of all methods', weight: 2, make: (s) => bundleOf(s, 'transaction') },
  {
    name: 'patch by JSON Patch',
    weight: 1,
    make: (s) => {
      const { type, id } = written(s);
      return { ...get(`${type}/${id}`), method: 'PATCH', ...jsonPatch(s) };
    },
  },
  {
    name: 'patch by FHIRPath',
    weight: 1,
    make: (s) => {
      const { type, id } = written(s);
      return { ...get(`${type}/${id}`), method: 'PATCH', ...fhirPathPatch(s, type) };
    },
  },
  {
    name: 'conditional patch',
    weight: 1,
    make: (s) => {
      const { type } = written(s);
      return { ...get(`${type}?${condition(s, type)}`), method: 'PATCH', ...fhirPathPatch(s, type) };
    },
  },
  {
    name: 'conditional update of what is there',
    weight: 2,
    make: (s) => {
      const { type } = written(s);
      return { ...get(`${type}?${condition(s, type)}`), method: 'PUT', body: JSON.stringify(bodyOf(s, type)) };
    },
  },
  {
    name: '$meta-add and $meta-delete',
    weight: 1,
    make: (s) => {
      const { type, id } = written(s);
      const tag = [{ system: 'urn:tag', code: s.r.pick(['a', 'b']) }];
      const label = s.r() < 0.8 ? { tag } : { security: [{ system: 'urn:label', code: 'R' }] };
      return posted(`${type}/${id}/$meta-${s.r.pick(['add', 'add', 'delete'])}`, labels(label));
    },
  },
  {
    name: 'raw content that is written',
    weight: 1,
    make: (s) => ({
      ...get(`Binary/${anyId(s, 'Binary')}`),
      method: 'PUT',
      body: 'words',
      headers: { 'content-type': 'text/plain', 'x-security-context': `Patient/${record(s)}` },
    }),
  },
];
