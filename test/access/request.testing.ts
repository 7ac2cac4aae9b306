import { type Resource, r4SearchParameters, type SearchValue } from '@chartgate/fhir';
import type { Random } from '../../packages/server/src/store/postgres/search/random.testing.ts';
import type { Asked } from '../../packages/server/src/testing/chart-server.ts';
import { searchText } from '../support/search-text.ts';
import type { Story } from './chart.testing.ts';

/** `CapabilityStatement.rest.resource`, as far as requests are made of it. */
export type Capability = {
  readonly type: string;
  readonly searchParam?: readonly { readonly name: string; readonly type: string }[];
};

/** What requests are drawn from: what the server says it can do, and what the chart holds, hidden or not. */
export type Source = {
  readonly r: Random;
  readonly capabilities: readonly Capability[];
  readonly stories: readonly Story[];
  /** The types that are mostly asked for: those of records, or those that the grant opens. */
  readonly types: readonly string[];
  /** The ids that are mostly asked for: of what may be seen. */
  readonly shown: readonly Story[];
  /** By type and parameter: of everything, and of what may be seen. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly shownValues: ReadonlyMap<string, readonly string[]>;
};

/** A request in parts, so that one that fails can be made smaller. */
export type Drawn = Omit<Asked, 'path'> & {
  readonly at: string;
  readonly query: readonly (readonly [name: string, value: string])[];
};

/** @param metadata the server's CapabilityStatement @param shown the stories as whoever asks may see them */
export function sourceOf(
  r: Random,
  { stories, shown }: { readonly stories: readonly Story[]; readonly shown: readonly Story[] },
  metadata: { rest: [{ resource: Capability[] }] },
): Source {
  const [values, shownValues] = [valuesIn(stories), valuesIn(shown)];
  return { r, stories, shown, values, shownValues, types: clinical, capabilities: metadata.rest[0].resource };
}

function valuesIn(stories: readonly Story[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const { versions } of stories) {
    for (const version of versions) {
      for (const value of version ? r4SearchParameters.valuesOf(version.resource) : []) {
        const key = `${version!.resource.resourceType}.${value.parameter}`;
        values.set(key, [...(values.get(key) ?? []), ...written(value)].slice(0, 60));
      }
    }
  }
  return values;
}

const day = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : '2020-01-01');

/** How a search would ask for a value. */
function written(value: SearchValue): readonly string[] {
  switch (value.kind) {
    case 'token':
      return value.code === undefined ? [] : [value.code, `${value.system ?? ''}|${value.code}`];
    case 'reference':
      return value.id === undefined ? [] : [`${value.type}/${value.id}`, value.id];
    case 'string':
      return [value.value.slice(0, 3), value.value];
    case 'date':
      return [day(value.lo)];
    case 'number':
    case 'quantity':
      return [String(value.lo)];
    case 'uri':
      return [value.value];
    case 'position':
    case 'composite':
      return [searchText(value)].filter((text) => text !== undefined);
    default:
      return value satisfies never;
  }
}

export function urlOf({ at, query }: Drawn): string {
  return query.length === 0 ? at : `${at}?${formOf(query)}`;
}

export function formOf(query: Drawn['query']): string {
  const form = new URLSearchParams();
  for (const [name, value] of query) form.append(name, value);
  return form.toString();
}

/** A parameter as it stands in a search. */
export type Pair = readonly [name: string, value: string];

const modifiers: Readonly<Record<string, readonly string[]>> = {
  token: [':not', ':text', ':in', ':not-in', ':of-type', ':above', ':below'],
  string: [':exact', ':contains', ':contains', ':text'],
  reference: [':identifier', ':Patient', ':above', ':below'],
  uri: [':above', ':below', ':contains'],
};

/** A parameter of the type with a value that some resource has, or a chain, or `_has`. */
export function parameterOf({ r, ...source }: Source, type: string, depth = 0): Pair {
  const all = source.capabilities.find((one) => one.type === type)?.searchParam ?? [];
  const dice = r();
  if (depth < 3 && dice < 0.2) {
    const pair = chain({ r, ...source }, type, depth);
    if (pair) return pair;
  }
  if (depth < 3 && dice > 0.85) {
    const pair = has({ r, ...source }, type, depth);
    if (pair) return pair;
  }
  const known = r() < 0.65 ? source.shownValues : source.values;
  const filled = all.filter(({ name }) => known.has(`${type}.${name}`));
  const parameter = r.pick(filled.length > 0 && r() < 0.85 ? filled : all);
  if (!parameter) return ['_id', 'x'];
  const { name } = parameter;
  if (name === '_id') return [name, some(r, () => anyId({ r, ...source }, type))];
  if (name === '_lastUpdated') return [name, r.pick(['gt', 'le', 'ne']) + instant(r)];
  if (r() < 0.08) return [`${name}:missing`, r.pick(['true', 'false'])];
  const values = known.get(`${type}.${name}`) ?? ['a'];
  const ordered = ['date', 'number', 'quantity'].includes(parameter.type);
  const modifier = r() < 0.15 ? r.pick(modifiers[parameter.type] ?? ['']) : '';
  return [name + modifier, some(r, () => (ordered ? r.pick(prefixes) : '') + r.pick(values))];
}

const prefixes = ['', '', 'gt', 'ge', 'lt', 'le', 'ne', 'sa', 'eb', 'ap'];

function some(r: Random, value: () => string): string {
  return Array.from({ length: r.pick([1, 1, 1, 2, 4]) }, value).join(',');
}

/** Around the times at which the test writes. */
function instant(r: Random): string {
  return new Date(start + Math.floor(r() * 400) * 1000).toISOString();
}

/** ms since the epoch of the first write. */
export const start = Date.UTC(2026, 0, 1);

/** ms since the epoch of the first request. */
export const asking = start + 10_000_000;

function references({ r, capabilities }: Source, type: string) {
  const parameters = capabilities.find((one) => one.type === type)?.searchParam ?? [];
  const found = parameters.filter((one) => one.type === 'reference');
  return found.length === 0 ? undefined : r.pick(found).name;
}

function chain(source: Source, type: string, depth: number): Pair | undefined {
  const { r } = source;
  const code = references(source, type);
  const targets = code ? (r4SearchParameters.find(type, code)?.target ?? []) : [];
  const [target] = r() < 0.6 && targets.includes('Patient') ? ['Patient'] : [r.pick(targets)];
  if (code === undefined || target === undefined) return undefined;
  const [name, value] = parameterOf(source, target, depth + 1);
  return [`${code}:${target}.${name}`, value];
}

function has(source: Source, type: string, depth: number): Pair | undefined {
  const pointing = pointingAt(source, type);
  if (pointing.length === 0) return undefined;
  const { from, name } = source.r.pick(pointing);
  const [inner, value] = parameterOf(source, from, depth + 1);
  return [`_has:${from}:${name}:${inner}`, value];
}

/** Parameters with values that point at the type. */
export function pointingAt({ capabilities, values }: Source, type: string) {
  return capabilities.flatMap(({ type: from, searchParam = [] }) =>
    searchParam
      .filter(({ name }) => values.get(`${from}.${name}`)?.some((value) => value.startsWith(`${type}/`)))
      .filter((one) => one.type === 'reference' && r4SearchParameters.find(from, one.name)?.target.includes(type))
      .map(({ name }) => ({ from, name })),
  );
}

/** An id of the type: mostly one that is there, of whomever. */
export function anyId({ r, stories, shown }: Source, type: string): string {
  const ids = (r() < 0.5 ? shown : stories).filter((story) => story.type === type).map(({ id }) => id);
  return ids.length > 0 && r() < 0.9 ? r.pick(ids) : 'nobody';
}

/** A type, mostly of those that hold records. */
export function anyType({ r, stories, types }: Source): string {
  return r() < (types === clinical ? 0.4 : 0.85) ? r.pick(types) : r.pick(stories).type;
}

const clinical = ['Patient', 'Observation', 'Condition', 'Encounter', 'Provenance', 'DocumentReference', 'Device'];

/** Something else that a search may be asked beside its criteria. */
export function resultParameter(source: Source, type: string): Pair {
  const { r, capabilities } = source;
  const parameters = capabilities.find((one) => one.type === type)?.searchParam ?? [];
  switch (
    r.pick([
      '_count',
      '_count',
      '_total',
      '_sort',
      '_sort',
      '_include',
      '_include',
      '_revinclude',
      '_revinclude',
      '_summary',
      '_elements',
    ])
  ) {
    case '_count':
      return ['_count', r.pick(['0', '1', '2', '3', '20'])];
    case '_total':
      return ['_total', r.pick(['accurate', 'estimate', 'none'])];
    case '_sort': {
      const key = r.pick(['_id', '_lastUpdated', ...parameters.map(({ name }) => name)]);
      return ['_sort', r.pick(['', '-']) + key];
    }
    case '_include': {
      const name = r() < 0.1 ? undefined : references(source, type);
      return [
        `_include${r() < 0.2 ? ':iterate' : ''}`,
        name === undefined ? r.pick(['*', `${type}:*`]) : `${type}:${name}`,
      ];
    }
    case '_revinclude': {
      const pointing = pointingAt(source, type);
      const from = pointing.length > 0 && r() < 0.95 ? r.pick(pointing) : { from: 'Provenance', name: 'target' };
      return [`_revinclude${r() < 0.2 ? ':iterate' : ''}`, `${from.from}:${from.name}`];
    }
    case '_summary':
      return ['_summary', r.pick(['count', 'true', 'text', 'data'])];
    default:
      return ['_elements', 'identifier,status,code'];
  }
}

/** A body of a type, for a request that writes: somebody's or nobody's, perhaps with a label. */
export function bodyOf({ r }: Source, type: string, id?: string): Resource {
  const somebody = () => ({ reference: `Patient/${r.pick(['a', 'a', 'a', 'b', 'c', 'd'])}` });
  const security = [{ system: 'urn:label', code: 'R' }];
  const common = {
    resourceType: type,
    ...(id === undefined ? {} : { id }),
    ...(r() < 0.1 ? { meta: { security } } : {}),
    identifier: [{ system: 'urn:s', value: r.pick(['a', 'b', 'c', 'new']) }],
  };
  const category = [{ coding: [{ system: 'urn:category', code: r.pick(['laboratory', 'survey']) }] }];
  switch (type) {
    case 'Observation': {
      const performer = r() < 0.2 ? { performer: [somebody()] } : {};
      return { ...common, status: 'final', code: { text: 'x' }, category, subject: somebody(), ...performer };
    }
    case 'Device':
      return { ...common, patient: somebody() };
    case 'Task':
      return { ...common, status: 'draft', intent: 'plan', for: somebody() };
    case 'DocumentReference': {
      const url = `Binary/${r.pick(['bin-a', 'bin-b', 'linked-by-b', 'linked-by-a', 'bin-nobody', 'none'])}`;
      return { ...common, status: 'current', subject: somebody(), content: [{ attachment: { url } }] };
    }
    case 'Organization':
      return { ...common, name: 'x' };
    default:
      return {
        ...common,
        name: [{ family: 'x' }],
        ...(r() < 0.3 ? { link: [{ other: somebody(), type: 'seealso' }] } : {}),
      };
  }
}

export const writtenTypes = [
  'Observation',
  'Observation',
  'Device',
  'Task',
  'DocumentReference',
  'Organization',
  'Patient',
];
