import {
  anyId,
  anyType,
  bodyOf,
  type Drawn,
  formOf,
  parameterOf,
  pointingAt,
  resultParameter,
  type Source,
  urlOf,
  writtenTypes,
} from './request.testing.ts';
import { searching } from './search-makers.testing.ts';
import { asking, changing } from './write-makers.testing.ts';

/** Makes one request of a kind. One a feature: what is not there yet is refused alike in both charts, and costs little. */
export type RequestMaker = {
  readonly name: string;
  /** How often it is drawn. */
  readonly weight: number;
  readonly writes?: true;
  readonly make: (source: Source) => Drawn;
};

const get = (at: string, query: Drawn['query'] = []): Drawn => ({ at, query });

function search(source: Source, type: string): Drawn['query'] {
  const { r } = source;
  const criteria = Array.from({ length: r.pick([0, 0, 1, 1, 1, 2]) }, () => parameterOf(source, type));
  const results = Array.from({ length: r.pick([0, 1, 1, 2]) }, () => resultParameter(source, type));
  return [...criteria, ...results];
}

const compartmentOf = (source: Source) => `Patient/${source.r.pick(['a', 'a', 'b', 'c', 'nobody'])}`;

const reading: readonly RequestMaker[] = [
  { name: 'search-type', weight: 40, make: (s) => ((type) => get(type, search(s, type)))(anyType(s)) },
  {
    name: 'search by POST',
    weight: 4,
    make: (s) => {
      const type = anyType(s);
      const body = formOf(search(s, type));
      return { ...get(`${type}/_search`), method: 'POST', body };
    },
  },
  {
    name: 'read if it is another version',
    weight: 1,
    make: (s) => {
      const type = anyType(s);
      return { ...get(`${type}/${anyId(s, type)}`), headers: { 'if-none-match': 'W/"1"' } };
    },
  },
  { name: 'read', weight: 8, make: (s) => ((type) => get(`${type}/${anyId(s, type)}`))(anyType(s)) },
  { name: 'read of a Binary', weight: 2, make: (s) => get(`Binary/${anyId(s, 'Binary')}`) },
  {
    name: 'vread',
    weight: 5,
    make: (s) => ((type) => get(`${type}/${anyId(s, type)}/_history/${s.r.pick([1, 1, 2, 3, 4])}`))(changedType(s)),
  },
  {
    name: 'history-instance',
    weight: 5,
    make: (s) => ((type) => get(`${type}/${anyId(s, type)}/_history`, historyQuery(s)))(changedType(s)),
  },
  { name: 'history-type', weight: 2, make: (s) => get(`${anyType(s)}/_history`, historyQuery(s)) },
  { name: 'history-system', weight: 1, make: (s) => get('_history', historyQuery(s)) },
  {
    name: 'search-system',
    weight: 2,
    make: (s) => get('', [['_type', `${anyType(s)},${anyType(s)}`], parameterOf(s, 'Patient')]),
  },
  {
    name: 'compartment search',
    weight: 4,
    make: (s) => ((type) => get(`${compartmentOf(s)}/${type}`, search(s, type)))(anyType(s)),
  },
  {
    name: 'search of another compartment',
    weight: 2,
    make: (s) => {
      const of = s.r.pick(['Encounter', 'Practitioner', 'RelatedPerson', 'Device']);
      const type = s.r() < 0.7 ? s.r.pick(pointingAt(s, of)).from : anyType(s);
      return get(`${of}/${anyId(s, of)}/${type}`, s.r() < 0.5 ? [] : search(s, type));
    },
  },
  { name: 'compartment search of all types', weight: 1, make: (s) => get(`${compartmentOf(s)}/*`) },
  { name: '$everything', weight: 1, make: (s) => get(`${compartmentOf(s)}/$everything`, everythingQuery(s)) },
  { name: '$docref', weight: 1, make: (s) => get('DocumentReference/$docref', [['patient', compartmentOf(s)]]) },
  { name: '$lastn', weight: 1, make: (s) => get('Observation/$lastn', lastnQuery(s)) },
  { name: '$meta', weight: 1, make: (s) => ((type) => get(`${type}/${anyId(s, type)}/$meta`))(anyType(s)) },
  { name: '$explain', weight: 1, make: (s) => ((type) => get(`${type}/$explain`, search(s, type)))(anyType(s)) },
  {
    name: 'search in a list',
    weight: 1,
    make: (s) => ((type) => get(type, [['_list', anyId(s, 'List')]]))(anyType(s)),
  },
  {
    name: 'batch of reads',
    weight: 2,
    make: (s) => {
      const request = () => urlOf(s.r.pick(single).make(s));
      return bundle(
        'batch',
        [request(), request()].map((url) => ({ request: { method: 'GET', url } })),
      );
    },
  },
];

const single = reading.slice(0, 1).concat(reading.slice(2, 6));

function changedType({ r, stories }: Source): string {
  return r.pick(stories.filter(({ versions }) => versions.length > 1)).type;
}

function historyQuery({ r }: Source): Drawn['query'] {
  return r() < 0.5 ? [] : [['_count', r.pick(['1', '2'])]];
}

function everythingQuery(source: Source): Drawn['query'] {
  const { r } = source;
  const types = r() < 0.3 ? [['_type', `${anyType(source)},Observation`] as const] : [];
  const care = r() < 0.2 ? [['start', '2020-01-01'] as const] : [];
  return [...historyQuery(source), ...types, ...care];
}

function lastnQuery(source: Source): Drawn['query'] {
  const patient = compartmentOf(source);
  return [
    ['patient', patient.slice('Patient/'.length)],
    source.r() < 0.5 ? ['code:missing', 'false'] : ['category', 'laboratory,survey'],
    ['max', source.r.pick(['1', '2'])],
  ];
}

function bundle(type: 'batch' | 'transaction', entry: readonly object[]): Drawn {
  return { ...get(''), method: 'POST', body: JSON.stringify({ resourceType: 'Bundle', type, entry }) };
}

function written(source: Source): { readonly type: string; readonly id: string } {
  const type = source.r.pick(writtenTypes);
  return { type, id: anyId(source, type) };
}

const condition = (source: Source, type: string): string =>
  source.r() < 0.6
    ? `identifier=urn:s|${source.r.pick(['a', 'b', 'c', 'new'])}`
    : urlOf(get('', [parameterOf(source, type)])).slice(1);

const writing: readonly RequestMaker[] = [
  {
    name: 'create',
    weight: 2,
    make: (s) => {
      const { type } = written(s);
      return { ...get(type), method: 'POST', body: JSON.stringify(bodyOf(s, type)) };
    },
  },
  {
    name: 'conditional create',
    weight: 2,
    make: (s) => {
      const { type } = written(s);
      const headers = { 'if-none-exist': condition(s, type) };
      return { ...get(type), method: 'POST', body: JSON.stringify(bodyOf(s, type)), headers };
    },
  },
  {
    name: 'update',
    weight: 4,
    make: (s) => {
      const { type, id } = written(s);
      const name = s.r.pick(['if-match', 'if-none-match']);
      const headers: Record<string, string> = s.r() < 0.4 ? { [name]: s.r.pick(['W/"1"', 'W/"2"', '*']) } : {};
      return { ...get(`${type}/${id}`), method: 'PUT', body: JSON.stringify(bodyOf(s, type, id)), headers };
    },
  },
  {
    name: 'conditional update',
    weight: 1,
    make: (s) => {
      const { type } = written(s);
      const at = `${type}?${condition(s, type)}`;
      return { ...get(at), method: 'PUT', body: JSON.stringify(bodyOf(s, type)) };
    },
  },
  {
    name: 'patch',
    weight: 1,
    make: (s) => {
      const { type, id } = written(s);
      const body = JSON.stringify([{ op: 'add', path: '/language', value: 'en' }]);
      return {
        ...get(`${type}/${id}`),
        method: 'PATCH',
        body,
        headers: { 'content-type': 'application/json-patch+json' },
      };
    },
  },
  {
    name: 'delete',
    weight: 1,
    make: (s) => ((to) => ({ ...get(`${to.type}/${to.id}`), method: 'DELETE' as const }))(written(s)),
  },
  {
    name: 'conditional delete',
    weight: 1,
    make: (s) => ((to) => ({ ...get(`${to.type}?${condition(s, to.type)}`), method: 'DELETE' as const }))(written(s)),
  },
  {
    name: 'transaction',
    weight: 1,
    make: (s) => {
      const { type, id } = written(s);
      const other = written(s);
      const subject = { reference: `Patient?${condition(s, 'Patient')}` };
      return bundle('transaction', [
        { request: { method: 'PUT', url: `${type}/${id}` }, resource: bodyOf(s, type, id) },
        { request: { method: 'GET', url: `${other.type}/${other.id}` } },
        {
          request: { method: 'POST', url: 'Observation', ifNoneExist: condition(s, 'Observation') },
          resource: { ...bodyOf(s, 'Observation'), ...(s.r() < 0.5 ? { subject } : {}) },
        },
      ]);
    },
  },
];

/** All makers; those that write are marked. */
export const makers: readonly RequestMaker[] = [
  ...reading,
  ...searching,
  ...asking,
  ...[...writing, ...changing].map((maker) => ({ ...maker, writes: true as const })),
];
