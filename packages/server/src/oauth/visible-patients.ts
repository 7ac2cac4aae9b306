import type { Account, ChartLink } from '../store/account-ports.ts';
import type { PatientEntry } from '../store/chart-directory.ts';
import type { GateSite } from './gate.ts';

/** A patient whose record an account opens. `relationship`: of a patient's account; those who work here have none. */
export type VisiblePatient = PatientEntry & { readonly relationship?: ChartLink['relationship'] };

type Here = Pick<GateSite, 'store' | 'directory'>;

/** The records of a patient's account that there are: its own first. */
export async function chartsOf({ store, directory }: Here, account: Account): Promise<readonly VisiblePatient[]> {
  const links = await store.accounts.charts(account.accountId);
  const names = await directory.patientNames(links.map(({ patient }) => patient));
  return links.flatMap(({ patient, relationship }) => {
    const entry = names.get(patient);
    return entry ? [{ ...entry, relationship }] : [];
  });
}

/**
 * The patient, where the account may see it: a patient's account its own records, whoever works here those of the site.
 * Undefined for what is not there and what may not be seen alike.
 */
export async function visiblePatient(here: Here, account: Account, id: string): Promise<VisiblePatient | undefined> {
  if (account.role !== 'patient') return (await here.directory.patientNames([id])).get(id);
  return (await chartsOf(here, account)).find((patient) => patient.id === id);
}

/** The encounter's id, where it is the patient's. */
export async function encounterOf(
  { directory, fhirUrl }: Here & Pick<GateSite, 'fhirUrl'>,
  patient: string,
  id: string,
): Promise<string | undefined> {
  const encounter = await directory.read('Encounter', id);
  const { reference } = (encounter?.subject ?? {}) as { readonly reference?: unknown };
  const known = [`Patient/${patient}`, `${fhirUrl}/Patient/${patient}`];
  return typeof reference === 'string' && known.includes(reference.replace(/\/_history\/.*/, '')) ? id : undefined;
}
