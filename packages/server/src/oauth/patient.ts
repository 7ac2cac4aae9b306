import { type Html, html } from '../pages/html.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import { findRequest, pendingOf, pick, stationUrl } from './authorization-request.ts';
import { destinationOf } from './destination.ts';
import { type Exchange, type GateAnswer, parameter } from './exchange.ts';
import { limitFailures } from './form.ts';
import { OAuthError } from './oauth-error.ts';
import { formPage, ownField } from './page-browser.ts';
import { pageEndpoint } from './page-endpoint.ts';
import { chartList, encounterList, foundList, isAsked, nextPageUrl, patientQuery, searchForm } from './patient-page.ts';
import { deny, forUser, goOn } from './station.ts';
import { chartsOf, encounterOf, type VisiblePatient, visiblePatient } from './visible-patients.ts';

/**
 * The patient picker, and after it that of the encounter where the app asks for one. Patients pick among their own
 * records, staff among those of the site.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
export const patient = pageEndpoint('patient', [limitFailures, findRequest], (x) => {
  if (parameter(x, 'decision') === 'deny') return deny(x);
  return forUser(x, (user) => (x.request.method === 'POST' ? take(x, user) : show(x, user)));
});

async function show(x: Exchange, user: SignedIn): Promise<GateAnswer> {
  if (new URLSearchParams(x.request.query).get('step') === 'encounter') return showEncounters(x, user);
  return user.account.role === 'patient' ? showCharts(x, user) : showSearch(x);
}

async function showCharts(x: Exchange, user: SignedIn): Promise<GateAnswer> {
  const charts = await chartsOf(x.site, user.account);
  const [only] = charts;
  if (only === undefined) {
    return shown(x, 'No record yet', [
      html`<p id="no-record">Your account is not connected to a health record yet. Ask the people who treat you to connect it.</p>`,
    ]);
  }
  if (charts.length === 1) return picked(x, user, only.id);
  return shown(x, 'Whose record is it about?', [chartList(charts, hiddenOf(x))]);
}

async function showSearch(x: Exchange): Promise<GateAnswer> {
  const query = patientQuery(x.request.query);
  const form = searchForm(query, html`<input type="hidden" name="request" value="${pendingOf(x).secret}">`);
  if (!isAsked(query)) return shown(x, 'Which patient is it about?', [form]);
  const found = await x.site.directory.findPatients(query);
  const next = nextPageUrl(`${x.site.issuer}/patient?${x.request.query}`, found);
  return shown(x, 'Which patient is it about?', [form, foundList(found, hiddenOf(x), next)]);
}

async function showEncounters(x: Exchange, user: SignedIn): Promise<GateAnswer> {
  const found = await patientInForce(x, user);
  if (!found) return seeOther(stationUrl(x, 'patient', pendingOf(x).secret));
  const encounters = await x.site.directory.encountersOf(found.id);
  if (encounters.length === 0) return goOn(x);
  return shown(x, 'Which visit is it about?', [
    html`<p>Visits of <strong>${found.name}</strong>:</p>`,
    encounterList(encounters, hiddenOf(x)),
  ]);
}

async function take(x: Exchange, user: SignedIn): Promise<GateAnswer> {
  const encounter = x.form?.get('encounter');
  if (encounter === undefined) return picked(x, user, parameter(x, 'patient') ?? '');
  if (encounter !== '') await pick(x, { encounter: await requireEncounter(x, user, encounter) });
  return goOn(x);
}

/** @throws {OAuthError} encounter-unknown: not one of the patient who was picked */
async function requireEncounter(x: Exchange, user: SignedIn, id: string): Promise<string> {
  const patient = await patientInForce(x, user);
  const encounter = patient && (await encounterOf(x.site, patient.id, id));
  if (encounter === undefined) throw new OAuthError('encounter-unknown');
  return encounter;
}

/** Of the launch, or picked before; where the account may see it. */
async function patientInForce(x: Exchange, { account }: SignedIn): Promise<VisiblePatient | undefined> {
  const { launch, patient: before } = pendingOf(x).request;
  const id = launch?.patient ?? before;
  return id === undefined ? undefined : visiblePatient(x.site, account, id);
}

/** Keeps the patient, and forgets an encounter that may be another patient's. @throws {OAuthError} patient-unknown */
async function picked(x: Exchange, user: SignedIn, id: string): Promise<GateAnswer> {
  const found = await visiblePatient(x.site, user.account, id);
  if (!found) throw new OAuthError('patient-unknown');
  const { secret, request } = pendingOf(x);
  if (request.launch?.patient !== undefined) return goOn(x);
  const { encounter: _, ...others } = request;
  x.pending = { secret, request: others };
  await pick(x, { patient: found.id });
  const asksEncounter = request.scope.split(' ').includes('launch/encounter');
  return asksEncounter ? seeOther(`${stationUrl(x, 'patient', secret)}&step=encounter`) : goOn(x);
}

function hiddenOf(x: Exchange): Html {
  return html`${ownField(x)}<input type="hidden" name="request" value="${pendingOf(x).secret}">`;
}

function shown(x: Exchange, title: string, content: readonly Html[]): GateAnswer {
  const { leadsTo } = destinationOf(pendingOf(x).request.redirectUri);
  const cancel = html`<form method="post" id="cancel">${hiddenOf(x)}
<div class="actions"><button class="second" id="deny" name="decision" value="deny">Back to the app without this</button></div></form>`;
  return formPage(x, { title, content: html`${content}${cancel}`, leadsTo });
}
