import { normalizeString } from '@chartgate/fhir';
import { folded } from './store/account-ports.ts';
import type { PatientCard, PatientEntry } from './store/chart-directory.ts';

type Json = Readonly<Record<string, unknown>>;

/** A Patient as a list shows it. */
export function patientEntry(patient: Json): PatientEntry {
  const { id, birthDate } = patient;
  const identifiers = listOf(patient.identifier).map(({ value }) => value);
  return {
    id: String(id),
    name: nameOf(listOf(patient.name)),
    ...(typeof birthDate === 'string' ? { birthDate } : {}),
    identifiers: identifiers.filter((value) => typeof value === 'string').slice(0, 3),
  };
}

/** A Patient as it is compared with what somebody claims to be. */
export function patientCard(patient: Json): PatientCard {
  const { active, deceasedBoolean, deceasedDateTime } = patient;
  const isReplaced = listOf(patient.link).some(({ type }) => type === 'replaced-by');
  const isDead = deceasedBoolean === true || deceasedDateTime !== undefined;
  return {
    ...patientEntry(patient),
    names: listOf(patient.name).map(({ family, given }) => ({ family: textOf(family) ?? '', given: textsOf(given) })),
    emailKeys: listOf(patient.telecom)
      .filter(({ system, use }) => system === 'email' && use !== 'old')
      .map(({ value }) => folded((textOf(value) ?? '').trim())),
    identifierKeys: listOf(patient.identifier).map(({ value }) => normalizeString(textOf(value) ?? '')),
    isCurrent: active !== false && !isReplaced && !isDead,
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

/** The objects of a list; nothing where it is none. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
