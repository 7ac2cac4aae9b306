import type { Scope } from '@chartgate/fhir';
import type { SignedIn } from '../store/account-ports.ts';
import type { AuthorizationRequest } from '../store/authorization-ports.ts';
import { pendingOf } from './authorization-request.ts';
import type { Exchange } from './exchange.ts';

export type PatientContext = Pick<AuthorizationRequest, 'patient' | 'encounter'>;

/**
 * The patient (and the encounter) that the authorization will be about; empty where the scopes need none. `unknown` while
 * the user has to pick one, `foreign` where the record system's patient is not one that the user may see.
 */
export async function patientContext(
  x: Exchange,
  { account }: SignedIn,
  scopes: readonly Scope[],
): Promise<PatientContext | 'unknown' | 'foreign'> {
  const { request } = pendingOf(x);
  const charts = account.role === 'patient' ? await x.site.store.accounts.charts(account.accountId) : undefined;
  const isOpen = (patient: string) => charts === undefined || charts.some((chart) => chart.patient === patient);
  const { launch } = request;
  if (launch?.patient !== undefined) return isOpen(launch.patient) ? contextOf(launch) : 'foreign';
  if (!scopes.some(needsPatient)) return contextOf({ encounter: launch?.encounter });
  const isPicked = request.pickedBy === account.accountId && request.patient !== undefined && isOpen(request.patient);
  if (isPicked) return contextOf(request);
  const [only, ...others] = charts ?? [];
  return only && others.length === 0 ? { patient: only.patient } : 'unknown';
}

function contextOf({ patient, encounter }: { readonly [K in keyof PatientContext]: PatientContext[K] | undefined }) {
  return { ...(patient === undefined ? {} : { patient }), ...(encounter === undefined ? {} : { encounter }) };
}

function needsPatient(scope: Scope): boolean {
  return scope.kind === 'resource'
    ? scope.context === 'patient'
    : scope.text === 'launch/patient' || scope.text === 'launch/encounter';
}
