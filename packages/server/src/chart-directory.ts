import { FhirError, isResourceId, parseScope, parseSearch, type SearchOptions } from '@chartgate/fhir';
import type { SearchPosition } from './access/interaction.ts';
import { type Rights, rightsOf } from './access/rights.ts';
import { openCursor, sealCursor } from './interaction/cursor.ts';
import { listOf, patientCard, patientEntry, textOf } from './patient-card.ts';
import { folded } from './store/account-ports.ts';
import type { ChartDirectory, EncounterEntry, PatientCard, PatientQuery } from './store/chart-directory.ts';
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

  async function cards(asked: Pairs): Promise<readonly PatientCard[]> {
    const { resources } = await lookFor(() => search('Patient', [...asked, ['_count', '10']]));
    return resources.map(patientCard);
  }

  async function read(type: 'Patient' | 'Encounter', id: string): Promise<Json | undefined> {
    if (!isResourceId(id)) return undefined;
    const found = await parts.store.read(rights.require({ code: 'read', type, id }));
    return found && found.method !== 'DELETE' ? (JSON.parse(found.body) as Json) : undefined;
  }

  return {
    read,

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
      const { resources, next } = await lookFor(() => {
        const after = query.page === undefined ? undefined : (openCursor(query.page, seal) as SearchPosition);
        return search('Patient', [...asked, ...page], after);
      });
      const patients = resources.map(patientEntry);
      return next ? { patients, nextPage: sealCursor(next, seal) } : { patients };
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

    async card(id) {
      const patient = await read('Patient', id);
      return patient && patientCard(patient);
    },

    async cardsByEmail(email) {
      // a token is compared letter by letter, and records have addresses as they were written
      const spellings = new Set([email, email.toLowerCase(), folded(email)]);
      const found = await cards([['email', [...spellings].map(escaped).join(',')]]);
      return found.filter(({ emailKeys }) => emailKeys.includes(folded(email)));
    },

    cardsByBirth: (birthDate, familyName) =>
      cards([
        ['birthdate', birthDate],
        ['family', escaped(familyName)],
      ]),
  };
}

/** What cannot be looked for is nobody's: a date that is none, a page of another search. */
async function lookFor(search: () => Promise<Found>): Promise<Found> {
  try {
    return await search();
  } catch (error) {
    if (error instanceof FhirError && error.status < 500) return { resources: [] };
    throw error;
  }
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
  return text.slice(0, 254).replace(/[\\,|$]/g, (character) => `\\${character}`);
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
