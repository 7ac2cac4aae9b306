import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { meets, parseSearch, type Resource, r4SearchParameters, type SearchFacts } from '@chartgate/fhir';
import { bundleOf, nextLink, type RunningServer, runningServer } from '../support/running-server.ts';
import { searchText } from '../support/search-text.ts';
import { usCoreSearches } from './us-core-searches.ts';

type Stored = Resource & { readonly id: string; readonly meta: { readonly lastUpdated: string } };

let server: RunningServer;
let token: string;
const stored = new Map<string, readonly Stored[]>();
before(async () => {
  server = await runningServer({ demo: true });
  token = await server.token('system/*.rs');
  for (const type of new Set([...usCoreSearches.map(({ type }) => type), 'Provenance', 'Medication'])) {
    stored.set(type, await allOf(`${type}?_count=1000`));
  }
});
after(() => server.close());

/** All pages of a search. */
async function allOf(path: string, init?: RequestInit): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  for (let url = path, first = true; url !== ''; first = false) {
    const bundle = await bundleOf(await server.ask(url, token, first ? init : undefined));
    found.push(
      ...(bundle.entry?.flatMap(({ resource, search }) => (search.mode === 'outcome' ? [] : [resource as never])) ??
        []),
    );
    url = nextLink(bundle);
  }
  return found;
}

const idsOf = (resources: readonly Stored[]) => resources.map(({ resourceType, id }) => `${resourceType}/${id}`).sort();

function factsOf(resource: Stored): SearchFacts {
  const values = r4SearchParameters.valuesOf(resource);
  return { id: resource.id, lastUpdated: Date.parse(resource.meta.lastUpdated), values } as SearchFacts;
}

/** What the search must find, looked for in all resources of the type one by one. */
function expected(type: string, query: readonly (readonly [string, string])[]): readonly string[] {
  const { criteria } = parseSearch(type, query).query;
  return idsOf((stored.get(type) ?? []).filter((resource) => meets(criteria, factsOf(resource))));
}

/** The texts by which a resource is found by these parameters; undefined where it has no value for one of them. */
function textsOf(resource: Stored, codes: readonly string[]): readonly (readonly [string, string])[] | undefined {
  const pairs = codes.map((code): readonly [string, string] | undefined => {
    if (code === '_id') return [code, resource.id];
    if (code === '_lastUpdated') return [code, `ge${resource.meta.lastUpdated}`];
    const value = r4SearchParameters.valuesOf(resource).find((one) => one.parameter === code);
    const text = value && searchText(value);
    return text === undefined ? undefined : [code, text.replace(/^ge(.*)T.*$/, 'ge$1')];
  });
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

function form(query: readonly (readonly [string, string])[]): string {
  const search = new URLSearchParams();
  for (const [name, value] of query) search.append(name, value);
  return search.toString();
}

for (const { type, codes, isRequired } of usCoreSearches) {
  const kind = isRequired ? 'SHALL' : 'SHOULD';
  describe(`${type} by ${codes.join(' and ')} (${kind})`, () => {
    test('finds what has the values, by GET and by POST, and nothing else', async () => {
      const tried = (stored.get(type) ?? []).flatMap((resource) => {
        const query = textsOf(resource, codes);
        return query ? [query] : [];
      });
      assert.ok(tried.length > 0, `no ${type} of the demo has a value for each of them`);
      for (const query of tried.slice(0, 3)) {
        const text = form([...query, ['_count', '200']]);
        const found = idsOf(await allOf(`${type}?${text}`));
        assert.ok(found.length > 0);
        assert.deepEqual(found, expected(type, query), text);
        const init = { method: 'POST', body: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
        assert.deepEqual(idsOf(await allOf(`${type}/_search`, init)), found);
      }
    });
  });
}

/** Searches by a date of a resource as it stands there, by each comparator. */
function datedQueries(
  type: string,
  codes: readonly string[],
  date: string,
): readonly (readonly (readonly [string, string])[])[] {
  const resource = (stored.get(type) ?? []).find((one) => textsOf(one, codes) !== undefined);
  if (!resource) return [];
  const others = codes.filter((code) => code !== date);
  const value = r4SearchParameters.valuesOf(resource).find(({ parameter }) => parameter === date);
  if (value?.kind !== 'date' || !Number.isFinite(value.lo)) return [];
  const at = new Date(value.lo).toISOString();
  const texts = [at.slice(0, 10), at.replace(/\.\d+Z$/, '+00:00')];
  return ['gt', 'ge', 'lt', 'le'].flatMap((prefix) =>
    texts.map((text) => [...(textsOf(resource, others) ?? []), [date, prefix + text] as const]),
  );
}

test('dates are compared by gt, ge, lt and le, to the day and to the second', async () => {
  for (const { type, codes, dates = [] } of usCoreSearches) {
    for (const date of dates) {
      const queries = datedQueries(type, codes, date);
      assert.ok(queries.length > 0, `${type}.${date}`);
      for (const query of queries) {
        assert.deepEqual(idsOf(await allOf(`${type}?${form(query)}&_count=200`)), expected(type, query), form(query));
      }
    }
  }
});

test('several values of a parameter find what has any of them', async () => {
  for (const [type, code] of [
    ...['DiagnosticReport', 'DocumentReference', 'MedicationRequest', 'Observation', 'Procedure', 'ServiceRequest'].map(
      (one) => [one, 'status'] as const,
    ),
    ['MedicationRequest', 'intent'],
    ['Observation', 'code'],
  ] as const) {
    const texts = new Set(
      (stored.get(type) ?? []).flatMap((one) => textsOf(one, [code])?.map(([, text]) => text) ?? []),
    );
    const query = [[code, [...texts].slice(0, 5).join(',')]] as const;
    assert.deepEqual(idsOf(await allOf(`${type}?${form(query)}&_count=1000`)), expected(type, query));
  }
});

test('a patient is named by id, by type and id, and by URL', async () => {
  const [patient] = stored.get('Patient') ?? [];
  const ways = [patient?.id, `Patient/${patient?.id}`, `${server.fhir}/Patient/${patient?.id}`];
  const [byId, ...others] = await Promise.all(
    ways.map(async (way) => idsOf(await allOf(`Observation?patient=${encodeURIComponent(String(way))}&_count=1000`))),
  );
  assert.ok((byId ?? []).length > 0);
  for (const other of others) assert.deepEqual(other, byId);
});

test('Provenance is brought to every type that US Core names, and medications to their requests', async () => {
  const types = usCoreSearches.map(({ type }) => type);
  const without = new Set(['Location', 'Organization', 'Practitioner', 'PractitionerRole', 'Specimen']);
  for (const type of new Set(types)) {
    if (without.has(type)) continue;
    const found = await allOf(`${type}?_revinclude=Provenance:target&_count=100`);
    assert.ok(
      found.some(({ resourceType }) => resourceType === 'Provenance'),
      type,
    );
  }
  for (const type of ['MedicationRequest', 'MedicationDispense']) {
    const found = await allOf(`${type}?_include=${type}:medication&_count=1000`);
    assert.ok(
      found.some(({ resourceType }) => resourceType === 'Medication'),
      type,
    );
  }
});
