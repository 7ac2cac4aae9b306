import { linked } from './links.testing.ts';
import type { RequestMaker } from './makers.testing.ts';
import {
  anyId,
  anyType,
  type Drawn,
  formOf,
  parameterOf,
  resultParameter,
  type Source,
  start,
} from './request.testing.ts';
import { animals, units, valueSets, words } from './resource.testing.ts';

/** One maker for each thing that a search can do, with few criteria, so that most of them find something. */

const get = (at: string, query: Drawn['query'] = []): Drawn => ({ at, query });

/** A parameter of the kind that some resource has a value for, and one of its values. */
function filled(source: Source, kind: string): { type: string; name: string; value: string } | undefined {
  const { r, capabilities, shownValues, values } = source;
  const known = r() < 0.8 ? shownValues : values;
  const all = capabilities.flatMap(({ type, searchParam = [] }) =>
    searchParam
      .filter((one) => one.type === kind && known.has(`${type}.${one.name}`))
      .map(({ name }) => ({ type, name })),
  );
  const wanted = anyType(source);
  const own = all.filter(({ type }) => type === wanted);
  const chosen = r.pick(own.length > 0 ? own : all);
  const value = chosen && r.pick(known.get(`${chosen.type}.${chosen.name}`) ?? []);
  return value === undefined ? undefined : { ...chosen, value };
}

/** A search by a parameter of the kind, as `say` puts it. */
function by(source: Source, kind: string, say: (name: string, value: string) => readonly [string, string]): Drawn {
  const found = filled(source, kind);
  if (!found) return get(anyType(source));
  const more = source.r() < 0.3 ? [resultParameter(source, found.type)] : [];
  return get(found.type, [say(found.name, found.value), ...more]);
}

/** A criterion by the codes that the test's terminology knows. */
function coded({ r }: Source, name: string): readonly [string, string] {
  const code = r.pick(['a', 'b', 'c', 'lab']);
  return r.pick([
    [`${name}:in`, r.pick([...valueSets, 'ValueSet/valueset-1', 'ValueSet/none'])],
    [`${name}:not-in`, r.pick(valueSets)],
    [`${name}:above`, `${animals}|${code}`],
    [`${name}:below`, `${animals}|${code}`],
    [`${name}:not`, `${animals}|${code}`],
  ] as const);
}

/** Words to be looked for: one, one of two, two together, or one without another. */
function wordsOf({ r }: Source): string {
  const [one, other] = [r.pick(words), r.pick(words)];
  return r.pick([one, one, `${one} or ${other}`, `${one} ${other}`, `"${one} ${other}"`, `${one} -${other}`]);
}

function sortKeys({ r, capabilities }: Source, type: string): string {
  const own = capabilities.find((one) => one.type === type)?.searchParam ?? [];
  const names = ['_id', '_lastUpdated', ...own.filter((one) => one.type !== 'composite').map(({ name }) => name)];
  return Array.from({ length: r.pick([1, 2, 3]) }, () => r.pick(['', '-']) + r.pick(names)).join(',');
}

/** Includes that go on from what they brought, by name or by all references. */
function steps(source: Source, type: string): Drawn['query'] {
  const { r } = source;
  const first = r.pick([
    ['_include', '*'],
    ['_include', `${type}:*`],
    ['_include', `${type}:*:Patient`],
    ['_revinclude', '*'],
    ['_revinclude', 'Provenance:*'],
    ['_revinclude', 'Observation:*'],
  ] as const);
  const more = r.pick([
    ['_include:iterate', '*'],
    ['_include:iterate', 'Encounter:*'],
    ['_include:iterate', 'Observation:subject'],
    ['_include:iterate', 'Patient:link'],
    ['_revinclude:iterate', 'Observation:subject'],
    ['_revinclude:iterate', 'Provenance:target'],
    ['_revinclude:iterate', 'List:item'],
  ] as const);
  return r() < 0.7 ? [first, more] : [first];
}

/** Kinds of value and modifiers. */
const byValue: readonly RequestMaker[] = [
  { name: 'codes by terminology', weight: 4, make: (s) => by(s, 'token', (name) => coded(s, name)) },
  { name: 'codes by text', weight: 2, make: (s) => by(s, 'token', (name) => [`${name}:text`, s.r.pick(words)]) },
  {
    name: 'identifiers by type',
    weight: 2,
    make: (s) => {
      const type = anyType(s);
      const codes = ['a', 'b', 'c', 'lab'].flatMap((code) => [`${animals}|${code}`, `urn:t|${code}`]);
      const values = codes.flatMap((code) => ['a', 'b', 'c', 'lab'].map((value) => `${code}|${value}`));
      return get(type, [['identifier:of-type', values.join(',')]]);
    },
  },
  { name: 'composites', weight: 3, make: (s) => by(s, 'composite', (name, value) => [name, value]) },
  {
    name: 'quantities in other units',
    weight: 3,
    make: (s) => {
      const amount = s.r.pick(['gt0.001', 'lt10000', 'ne1', 'gt0.9', 'ap0.54', '1', '0.5']);
      const ucum = 'http://unitsofmeasure.org';
      return by(s, 'quantity', (name) => [name, `${amount}|${ucum}|${s.r.pick(units)}`]);
    },
  },
  {
    name: 'near',
    weight: 1,
    make: (s) => {
      const at = `${s.r.pick(['0.5', '1', '5.4'])}|${s.r.pick(['0.5', '1', '5.4'])}|${s.r.pick(['1', '100', '700'])}|km`;
      return s.r() < 0.5 ? get('Location', [['near', at]]) : get('Encounter', [['location.near', at]]);
    },
  },
  {
    name: 'full text',
    weight: 4,
    make: (s) => {
      const name = s.r.pick(['_text', '_content']);
      if (s.r() < 0.2) return get('Observation', [[`subject:Patient.${name}`, wordsOf(s)]]);
      return get(anyType(s), [[name, wordsOf(s)], ...(s.r() < 0.4 ? [['_total', 'accurate'] as const] : [])]);
    },
  },
];

/** Links, lists, orders and pages. */
const byLink: readonly RequestMaker[] = [
  {
    name: 'nested links',
    weight: 6,
    make: (s) =>
      ((type) => get(type, [linked(s, type), ...(s.r() < 0.3 ? [resultParameter(s, type)] : [])]))(anyType(s)),
  },
  {
    name: 'includes that go on',
    weight: 4,
    make: (s) => {
      const type = anyType(s);
      const narrow = s.r() < 0.4 ? [parameterOf(s, type, 3)] : [];
      return get(type, [...narrow, ...steps(s, type), ['_count', s.r.pick(['1', '2', '20'])]]);
    },
  },
  {
    name: 'items of a list',
    weight: 3,
    make: (s) => {
      const id = anyId(s, 'List');
      return get(s.r.pick(['Observation', 'Encounter', 'Practitioner', 'Organization']), [['_list', id]]);
    },
  },
  {
    name: 'pages in any order',
    weight: 6,
    make: (s) => {
      const type = anyType(s);
      return get(type, [
        ['_sort', sortKeys(s, type)],
        ['_count', s.r.pick(['1', '2'])],
      ]);
    },
  },
  {
    name: 'pages of several types',
    weight: 3,
    make: (s) => {
      const types = s.r() < 0.7 ? [['_type', `${anyType(s)},${anyType(s)},Patient`] as const] : [];
      const sort = s.r() < 0.5 ? [['_sort', s.r.pick(['_id', '-_lastUpdated', '_lastUpdated'])] as const] : [];
      const more = s.r.pick([
        [['_total', 'accurate']],
        [['_security:not', 'urn:label|R']],
        [['_content', wordsOf(s)]],
        [],
      ] as const);
      return get('', [...types, ...sort, ...more, ['_count', s.r.pick(['2', '5', '50'])]]);
    },
  },
  {
    name: 'pages of a compartment',
    weight: 2,
    make: (s) => {
      const at = `Patient/${s.r.pick(['a', 'a', 'b', 'c', 'd'])}/*`;
      const types = s.r() < 0.5 ? [['_type', `${anyType(s)},Observation`] as const] : [];
      return { ...get(at, [...types, ['_count', s.r.pick(['2', '7'])]]) };
    },
  },
  {
    name: 'system search by POST',
    weight: 1,
    make: (s) => ({
      ...get('_search'),
      method: 'POST',
      body: formOf([['_type', `${anyType(s)},${anyType(s)}`], linkedToAll(s)]),
    }),
  },
];

/** What all types have. */
function linkedToAll({ r }: Source): readonly [string, string] {
  const since = new Date(start + Math.floor(r() * 900) * 1000).toISOString();
  return r.pick([
    ['_lastUpdated', `gt${since}`],
    ['_has:Provenance:target:_lastUpdated', 'gt2000'],
    ['_has:List:item:_lastUpdated', 'gt2000'],
    ['_security:missing', 'true'],
  ] as const);
}

/** How the answer is put. */
const byView: readonly RequestMaker[] = [
  {
    name: 'HEAD',
    weight: 2,
    make: (s) => {
      const type = anyType(s);
      const at = s.r() < 0.5 ? `${type}/${anyId(s, type)}` : type;
      return { ...get(at), method: 'HEAD' };
    },
  },
  {
    name: 'a part of what is read',
    weight: 2,
    make: (s) => {
      const type = anyType(s);
      const part = s.r.pick([
        ['_summary', 'true'],
        ['_summary', 'text'],
        ['_summary', 'data'],
        ['_elements', 'identifier,status'],
      ] as const);
      return get(s.r() < 0.5 ? type : `${type}/${anyId(s, type)}`, [part]);
    },
  },
  {
    name: 'read if modified since',
    weight: 1,
    make: (s) => {
      const type = anyType(s);
      const since = new Date(start + Math.floor(s.r() * 900) * 1000).toUTCString();
      return { ...get(`${type}/${anyId(s, type)}`), headers: { 'if-modified-since': since } };
    },
  },
  {
    name: 'history since or at a time',
    weight: 4,
    make: (s) => {
      const type = anyType(s);
      const at = s.r.pick(['_history', `${type}/_history`, `${type}/_history`, `${type}/${anyId(s, type)}/_history`]);
      const time = new Date(start + Math.floor(s.r() * 2000) * 1000).toISOString();
      return get(at, [
        [s.r.pick(['_since', '_at']), time],
        ['_count', s.r.pick(['2', '5', '50'])],
      ]);
    },
  },
];

/** All makers of this file. */
export const searching: readonly RequestMaker[] = [...byValue, ...byLink, ...byView];
