import { FhirError, isResourceId, normalizeString, parseScope, parseSearch, type SearchOptions } from '@chartgate/fhir';
import { rightsOf } from './access/rights.ts';
import { folded } from './store/account-ports.ts';
import type { PatientCard, PatientDirectory } from './store/patient-directory.ts';
import type { ResourceStore } from './store/ports.ts';

type Parts = {
  readonly site: string;
  readonly store: Pick<ResourceStore, 'read' | 'search'>;
  readonly parameters: NonNullable<SearchOptions['parameters']>;
};

type Pairs = readonly (readonly [name: string, value: string])[];
type Json = Readonly<Record<string, unknown>>;

/** Patients as the server itself looks them up: searches of Patient alone, and never more than a few. */
export function patientDirectory({ site, store, parameters }: Parts): PatientDirectory {
  const rights = rightsOf({
    site,
    clientId: 'patient-directory',
    scopes: parseScope('system/Patient.rs').scopes,
    expiresAt: Number.POSITIVE_INFINITY,
  });

  async function search(asked: Pairs): Promise<readonly PatientCard[]> {
    try {
      const { query } = parseSearch('Patient', [...asked, ['_count', '10']], { parameters });
      const { matches } = await store.search(rights.require({ code: 'search-type', type: 'Patient', query }));
      return matches.map(({ body }) => cardOf(JSON.parse(body)));
    } catch (error) {
      // what cannot be looked for is nobody's, such as a date that is none
      if (error instanceof FhirError && error.status < 500) return [];
      throw error;
    }
  }

  return {
    async read(id) {
      if (!isResourceId(id)) return undefined;
      const found = await store.read(rights.require({ code: 'read', type: 'Patient', id }));
      return found && found.method !== 'DELETE' ? cardOf(JSON.parse(found.body)) : undefined;
    },

    async findByEmail(email) {
      // a token is compared letter by letter, and records have addresses as they were written
      const spellings = new Set([email, email.toLowerCase(), folded(email)]);
      const found = await search([['email', [...spellings].map(escaped).join(',')]]);
      return found.filter(({ emailKeys }) => emailKeys.includes(folded(email)));
    },

    findByBirth: (birthDate, familyName) =>
      search([
        ['birthdate', birthDate],
        ['family', escaped(familyName.slice(0, 100))],
      ]),
  };
}

/** As a value and nothing else. */
function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, (character) => `\\${character}`);
}

function cardOf(patient: Json): PatientCard {
  const { id, birthDate, active, deceasedBoolean, deceasedDateTime } = patient;
  const names = records(patient.name).map((name) => ({
    family: text(name.family),
    given: (Array.isArray(name.given) ? name.given : []).filter((part) => typeof part === 'string'),
    use: text(name.use),
  }));
  const isReplaced = records(patient.link).some(({ type }) => type === 'replaced-by');
  const isDead = deceasedBoolean === true || deceasedDateTime !== undefined;
  return {
    id: text(id),
    displayName: displayName(names),
    names: names.map(({ family, given }) => ({ family, given })),
    ...(typeof birthDate === 'string' ? { birthDate } : {}),
    emailKeys: records(patient.telecom)
      .filter(({ system, use }) => system === 'email' && use !== 'old')
      .map(({ value }) => folded(text(value).trim())),
    identifiers: records(patient.identifier).map(({ value }) => normalizeString(text(value))),
    isCurrent: active !== false && !isReplaced && !isDead,
  };
}

function displayName(names: readonly { family: string; given: readonly string[]; use: string }[]): string {
  const inUse = names.find(({ use }) => use === 'official') ?? names.find(({ use }) => use !== 'old') ?? names[0];
  return [...(inUse?.given ?? []), inUse?.family ?? ''].filter((part) => part !== '').join(' ') || 'without a name';
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
