/**
 * Who may do what, said a second time: from SMART's scopes and R4's compartments as people read them, for a chart so
 * small that each answer can be checked by eye. Nothing here is made from the program's own tables.
 */

/** `patient`: whose compartment it is in. Without one it is of the directory: everybody reads it, `system/` writes it. */
export type Target = {
  readonly type: 'Patient' | 'Observation' | 'Organization' | 'Practitioner';
  readonly id: string;
  readonly patient?: string;
  readonly category?: 'laboratory' | 'vital-signs';
};

export const categorySystem = 'http://terminology.hl7.org/CodeSystem/observation-category';

const ofPatient = (patient: string): readonly Target[] => [
  { type: 'Patient', id: patient, patient },
  { type: 'Observation', id: `${patient}-laboratory`, patient, category: 'laboratory' },
  { type: 'Observation', id: `${patient}-vital-signs`, patient, category: 'vital-signs' },
];

/** Ann has an account; Gil has one too, and Kim's record beside his own; Zoe is a stranger to both. */
export const chart: readonly Target[] = [
  ...['ann', 'gil', 'kim', 'zoe'].flatMap(ofPatient),
  { type: 'Organization', id: 'org' },
  { type: 'Practitioner', id: 'doc' },
];

export type Letter = 'c' | 'r' | 'u' | 'd' | 's';
type Allowed = {
  readonly context: 'patient' | 'user' | 'system';
  readonly type: Target['type'] | '*';
  readonly letters: string;
  readonly category?: string;
};

/** The scopes of the matrix with what each means. */
export const scopes: Readonly<Record<string, Allowed | undefined>> = {
  'patient/*.rs': { context: 'patient', type: '*', letters: 'rs' },
  'patient/Observation.rs': { context: 'patient', type: 'Observation', letters: 'rs' },
  [`patient/Observation.rs?category=${categorySystem}|laboratory`]: {
    context: 'patient',
    type: 'Observation',
    letters: 'rs',
    category: 'laboratory',
  },
  'patient/*.cruds': { context: 'patient', type: '*', letters: 'cruds' },
  'patient/*.read': { context: 'patient', type: '*', letters: 'rs' },
  'patient/Observation.r': { context: 'patient', type: 'Observation', letters: 'r' },
  'user/*.rs': { context: 'user', type: '*', letters: 'rs' },
  'user/Observation.cruds': { context: 'user', type: 'Observation', letters: 'cruds' },
  'system/*.rs': { context: 'system', type: '*', letters: 'rs' },
  'system/Observation.cruds': { context: 'system', type: 'Observation', letters: 'cruds' },
  openid: undefined,
};

/** Whom a token is about. */
export type Holder = {
  /** The records of the user; `all` for those who work here. */
  readonly charts?: readonly string[] | 'all';
  /** The patient of the launch. */
  readonly patient?: string;
  /** `Patient/gil` */
  readonly self?: string;
};

/** Whether the token's one scope opens the letter on the target. */
export function opens(scope: string, holder: Holder, letter: Letter, target: Target): boolean {
  const allowed = scopes[scope];
  if (!allowed || !reachesType(allowed, letter, target.type)) return false;
  if (allowed.category !== undefined && allowed.category !== target.category) return false;
  if (allowed.context === 'system') return true;
  if (target.patient === undefined) return letter === 'r' || letter === 's';
  if (letter === 'r' && holder.self === `${target.type}/${target.id}`) return true;
  if (allowed.context === 'patient') return target.patient === holder.patient;
  return holder.charts === 'all' || (holder.charts ?? []).includes(target.patient);
}

/** Whether the scope says anything about the letter on the type: without that the answer is 403, whatever is stored. */
export function isAsked(scope: string, letter: Letter, type: Target['type']): boolean {
  const allowed = scopes[scope];
  if (!allowed || !reachesType(allowed, letter, type)) return false;
  const isDirectory = type === 'Organization' || type === 'Practitioner';
  return allowed.context === 'system' || !isDirectory || letter === 'r' || letter === 's';
}

function reachesType(allowed: Allowed, letter: Letter, type: Target['type']): boolean {
  return (allowed.type === '*' || allowed.type === type) && allowed.letters.includes(letter);
}
