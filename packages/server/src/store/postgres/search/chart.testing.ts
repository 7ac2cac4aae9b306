import {
  type CompartmentName,
  parseScope,
  parseSearch,
  parseSystemSearch,
  type Resource,
  type Terminology,
} from '@chartgate/fhir';
import type { Grant } from '../../../access/grant.ts';
import type { Interaction, SearchPosition, SearchSystem, SearchType } from '../../../access/interaction.ts';
import { isDenied, type Permitted, permit } from '../../../access/permit.ts';
import { type TestDatabase, testDatabase } from '../../../testing/database.ts';
import type { SearchPage } from '../../ports.ts';
import { sql } from '../database/sql.ts';
import { factsOf } from '../index/content-facts.ts';
import { indexRow } from '../index/index-row.ts';
import { typeKey } from '../index/type-key.ts';
import { methods, type NewVersion } from '../index/version-row.ts';
import { writeStatement } from '../write/write-statement.ts';
import { search } from './search.ts';
import { searchSystem } from './search-system.ts';

/** A small chart for tests of searching: what it holds is put there as it is, and asked by the text of a search. */
export type Chart = Awaited<ReturnType<typeof testChart>>;

export const now = Date.UTC(2026, 5, 1);

/** `scope`: what the token opens, `system/*.rs` where nothing is said. */
export type Asking = {
  readonly scope?: string;
  readonly after?: SearchPosition | undefined;
  readonly compartment?: CompartmentName;
  /** The patient or user of the token. */
  readonly who?: Pick<Grant, 'patient' | 'user'>;
};

const systems = ['urn:s', 'urn:t'];

/** Two value sets, and one system in which a is above b, and b above c. */
const terminology: Terminology = {
  isMember: () => undefined,
  codings: (valueSet) => {
    if (valueSet === 'http://vs.example/ab')
      return systems.flatMap((system) => [
        { system, code: 'a' },
        { system, code: 'b' },
      ]);
    return valueSet === 'http://vs.example/none' ? [] : undefined;
  },
  below: (system, code) => (system === 'urn:s' ? ['a', 'b', 'c'].slice('abc'.indexOf(code)) : undefined),
  above: (system, code) => (system === 'urn:s' ? ['a', 'b', 'c'].slice(0, 'abc'.indexOf(code) + 1) : undefined),
};

/** A permit for a search, as its text stands after the `?`. */
export function permitted(type: string, text: string, asking: Asking = {}): Permitted<SearchType> {
  const { query } = parseSearch(type, new URLSearchParams(text), optionsOf(asking));
  return permitOf({ code: 'search-type', type, query, ...afterOf(asking) }, asking);
}

/** The same for a search of the system, or of all of a compartment. */
export function permittedSystem(text: string, asking: Asking = {}): Permitted<SearchSystem> {
  const { query, isNamed } = parseSystemSearch(new URLSearchParams(text), optionsOf(asking));
  return permitOf({ code: 'search-system', query, isNamed, ...afterOf(asking) }, asking);
}

const optionsOf = ({ compartment }: Asking) => ({ now, terminology, ...(compartment && { compartment }) });
const afterOf = ({ after }: Asking) => (after ? { after } : {});

function permitOf<I extends Interaction>(interaction: I, { scope = 'system/*.rs', who }: Asking): Permitted<I> {
  const { scopes } = parseScope(scope);
  const answer = permit({ site: 'default', clientId: 'test', scopes, expiresAt: now, ...who }, interaction);
  if (isDenied(answer)) throw new Error(`denied: ${answer.needed} is needed`);
  return answer;
}

export async function testChart() {
  const test: TestDatabase = await testDatabase();
  const { database, site } = test;
  const versions = new Map<string, NewVersion>();
  let rid = 1000;

  /** Creates or updates. @param lastUpdated ms since the epoch */
  async function put(resources: readonly Resource[], lastUpdated: (i: number) => number = () => now): Promise<void> {
    const made = resources.map((resource, i): NewVersion => {
      const { resourceType, id = '' } = resource;
      const before = versions.get(`${resourceType}/${id}`);
      return {
        tk: typeKey(resourceType),
        id,
        rid: before?.rid ?? ++rid,
        version: (before?.version ?? 0) + 1,
        lastUpdated: lastUpdated(i),
        method: methods.PUT,
        body: JSON.stringify(resource),
        index: indexRow(site.terms, factsOf(site, resource, id), lastUpdated(i)),
      };
    });
    await write(made);
    resources.forEach(({ resourceType, id }, i) => {
      const version = made[i];
      if (version) versions.set(`${resourceType}/${id}`, version);
    });
  }

  async function remove(type: string, id: string): Promise<void> {
    const before = versions.get(`${type}/${id}`);
    if (!before) throw new Error(`${type}/${id} is not there`);
    const version = { ...before, version: before.version + 1, method: methods.DELETE, body: null, index: null };
    await write([version]);
    versions.set(`${type}/${id}`, version);
  }

  async function write(made: readonly NewVersion[]): Promise<void> {
    const isFresh = ({ version }: NewVersion) => version === 1;
    const fresh = made.filter(isFresh);
    const changed = made.filter((version) => !isFresh(version));
    for (const some of chunks(fresh)) await database.writes.query(writeStatement(site, some, []));
    for (const some of chunks(changed)) await database.writes.query(writeStatement(site, [], some));
  }

  const page = (type: string, text: string, asking?: Asking): Promise<SearchPage> =>
    search(database.searches, site, permitted(type, text, asking));

  const systemPage = (text: string, asking?: Asking): Promise<SearchPage> =>
    searchSystem(database.searches, site, permittedSystem(text, asking));

  return {
    ...test,
    put,
    remove,
    page,
    systemPage,
    /** Ids of the first page's matches. */
    find: async (type: string, text: string, asking?: Asking): Promise<string[]> =>
      (await page(type, text, asking)).matches.map(({ id }) => id),
    /** Ids of all pages' matches. */
    findAll: async (type: string, text: string, asking?: Asking): Promise<string[]> => {
      const ids: string[] = [];
      let after: SearchPosition | undefined;
      do {
        const found = await page(type, text, { ...asking, after });
        ids.push(...found.matches.map(({ id }) => id));
        after = found.next;
      } while (after);
      return ids;
    },
    /** So that the planner knows what is there. */
    analyze: () => database.writes.query(sql`vacuum analyze`),
  };
}

function chunks<T>(all: readonly T[], size = 1000): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
