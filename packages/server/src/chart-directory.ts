import { FhirError, isResourceId, parseScope, parseSearch, type SearchOptions } from '@chartgate/fhir';
import type { SearchPosition } from './access/interaction.ts';
import { type Rights, rightsOf } from './access/rights.ts';
import { openCursor, sealCursor } from './interaction/cursor.ts';
import type { ChartDirectory, EncounterEntry, PatientEntry, PatientQuery } from './store/chart-directory.ts';
import type { ResourceStore } from './store/ports.ts';

type Parts = {
  readonly site: string;
  readonly store: Pick<ResourceStore, 'read' | 'search'>;
  readonly conformance: { readonly parameters: NonNullable<SearchOptions['parameters']> };
  /** Seals the links between pages. */
  readonly cursorKey: string;
};

type Json = Readonly<Record<string, unknown>>;
type Found = { readonly resources: readonly Json[]; readonly next?: SearchPosition };

/** The directory of a chart: searches and reads of the server itself, of Patient and Encounter alone. */
export function chartDirectory(parts: Parts): ChartDirectory {
  const rights = rightsOf({
    site: parts.site,
    clientId: 'directory',
    scopes: parseScope('system/Patient.rs system/Encounter.rs').scopes,
    expiresAt: Number.POSITIVE_INFINITY,
  });
  const search = (type: string, asked: Pairs, after?: SearchPosition) => find({ ...parts, rights }, type, asked, after);

  return {
    async patientNames(ids) {
      const known = [...new Set(ids)].filter(isResourceId).slice(0, 200);
      if (known.length === 0) return new Map();
      const asked = [['_id', known.join(',')] as const, ['_count', String(known.length)] as const];
      const { resources } = await search('Patient', asked);
      return new Map(resources.map(patientEntry).map((entry) => [entry.id, entry]));
    },

    async findPatients(query) {
      const asked = pairsOf(query);
      const isDate = /^\d{4}(-\d\d(-\d\d)?)?$/.test(query.birthDate?.trim() || '2000');
      if (asked.length === 0 || !isDate) return { patients: [] };
      const seal = { key: parts.cursorKey, boundTo: JSON.stringify(['patients', parts.site, asked]) };
      const page = [['_sort', 'family,given,birthdate'] as const, ['_count', '20'] as const];
      try {
        const after = query.page === undefined ? undefined : (openCursor(query.page, seal) as SearchPosition);
        const { resources, next } = await search('Patient', [...asked, ...page], after);
        const patients = resources.map(patientEntry);
        return next ? { patients, nextPage: sealCursor(next, seal) } : { patients };
      } catch (error) {
        // what cannot be looked for is nobody's: a date that is none, a page of another search
        if (error instanceof FhirError && error.status < 500) return { patients: [] };
        throw error;
      }
    },

    async encountersOf(patient) {
      if (!isResourceId(patient)) return [];
      const asked = [
        ['patient', `Patient/${patient}`] as const,
        ['_sort', '-date'] as const,
        ['_count', '10'] as const,
      ];
      return (await search('Encounter', asked)).resources.map(encounterEntry);
    },

    async read(type, id) {
      if (!isResourceId(id)) return undefined;
      const found = await parts.store.read(rights.require({ code: 'read', type, id }));
      return found && found.method !== 'DELETE' ? (JSON.parse(found.body) as Json) : undefined;
    },
  };
}

type Pairs = readonly (readonly [name: string, value: string])[];

async function find(
  { store, conformance, rights }: Parts & { readonly rights: Rights },
  type: string,
  asked: Pairs,
  after: SearchPosition | undefined,
): Promise<Found> {
  const { query } = parseSearch(type, asked, { parameters: conformance.parameters });
  const interaction = { code: 'search-type' as const, type, query, ...(after ? { after } : {}) };
  const { matches, next } = await store.search(rights.require(interaction));
  const resources = matches.map(({ body }) => JSON.parse(body) as Json);
  return next ? { resources, next } : { resources };
}

/** Each word is the beginning of some part of the name. */
function pairsOf({ name, birthDate, identifier }: PatientQuery): Pairs {
  const words = (name ?? '').split(/\s+/).filter((word) => word !== '');
  return [
    ...words.slice(0, 5).map((word) => ['name', escaped(word)] as const),
    ...given('birthdate', birthDate),
    ...given('identifier', identifier),
  ];
}

function given(name: string, value: string | undefined): Pairs {
  const text = value?.trim() ?? '';
  return text === '' ? [] : [[name, escaped(text)]];
}

/** As a value and nothing else: people write commas and bars without meaning anything by them. */
function escaped(text: string): string {
  return text.slice(0, 100).replace(/[\\,|$]/g, (character) => `\\${character}`);
}

function patientEntry(patient: Json): PatientEntry {
  const { id, birthDate } = patient;
  const identifiers = listOf(patient.identifier).map(({ value }) => value);
  return {
    id: String(id),
    name: nameOf(listOf(patient.name)),
    ...(typeof birthDate === 'string' ? { birthDate } : {}),
    identifiers: identifiers.filter((value) => typeof value === 'string').slice(0, 3),
  };
}

/** The name in use: an official or a usual one before a nickname, and none that was given up. */
function nameOf(names: readonly Json[]): string {
  const order = ['official', 'usual', undefined, 'nickname', 'temp', 'anonymous', 'maiden', 'old'];
  const [name] = names.toSorted((a, b) => order.indexOf(textOf(a.use)) - order.indexOf(textOf(b.use)));
  if (!name) return 'A patient without a name';
  const parts = [...textsOf(name.given), textOf(name.family), ...textsOf(name.suffix)];
  const said = textOf(name.text) ?? parts.filter((part) => part !== undefined).join(' ');
  return said.trim() || 'A patient without a name';
}

function encounterEntry(encounter: Json): EncounterEntry {
  const kinds = listOf(encounter.type).flatMap(wordsOfConcept);
  const { display } = (encounter.class ?? {}) as Json;
  const { start } = (encounter.period ?? {}) as Json;
  const words = kinds[0] ?? textOf(display) ?? 'A visit';
  return { id: String(encounter.id), words, ...(typeof start === 'string' ? { start } : {}) };
}

function wordsOfConcept(concept: Json): readonly string[] {
  const texts = [textOf(concept.text), ...listOf(concept.coding).map(({ display }) => textOf(display))];
  return texts.filter((text) => text !== undefined);
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
