import { shownName } from '../../clients/shown-name.ts';
import { type Html, html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import type { SignedIn } from '../../store/account-ports.ts';
import type { EncounterEntry } from '../../store/chart-directory.ts';
import type { Client } from '../../store/gate-ports.ts';
import { destinationOf } from '../destination.ts';
import { type Exchange, type GateAnswer, parameter } from '../exchange.ts';
import { limitFailures } from '../form.ts';
import { OAuthError } from '../oauth-error.ts';
import { formPage, ownField } from '../page-browser.ts';
import { pageEndpoint } from '../page-endpoint.ts';
import { facts, foundList, isAsked, nextPageUrl, patientQuery, searchForm } from '../patient-page.ts';
import { signInFirst } from '../sign-in-first.ts';
import { type VisiblePatient, visiblePatient } from '../visible-patients.ts';
import { capitalized, dayWords } from '../words.ts';
import { launchUriOf, makeLaunch } from './launch.ts';

/** So many apps are offered at most, the latest registered ones. */
const mostApps = 200;

/**
 * `{issuer}/launch`: opens an app as a record system does, for people who work here: a patient, a visit where it matters,
 * an app. @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch
 */
export const launchPage = pageEndpoint('launch', [limitFailures], (x) =>
  signInFirst(x, 'launch', (user) => {
    if (user.account.role === 'patient') throw new OAuthError('staff-only');
    if (x.request.method === 'GET') return showSearch(x);
    return parameter(x, 'client_id') === undefined ? showChoice(x, user) : open(x, user);
  }),
);

async function showSearch(x: Exchange): Promise<GateAnswer> {
  const query = patientQuery(x.request.query);
  const form = searchForm(query, html``);
  const title = 'Open an app for a patient';
  if (!isAsked(query)) return formPage(x, { title, content: form });
  const found = await x.site.directory.findPatients(query);
  const next = nextPageUrl(`${x.site.issuer}/launch?${x.request.query}`, found);
  return formPage(x, { title, content: html`${form}${foundList(found, ownField(x), next)}` });
}

/** The patient is picked: which app, and which visit? */
async function showChoice(x: Exchange, user: SignedIn): Promise<GateAnswer> {
  const patient = await requirePatient(x, user);
  const clients = await x.site.store.clients.list({ status: 'approved', limit: 1000 });
  const apps = clients.filter((client) => launchUriOf(client) !== undefined).slice(0, mostApps);
  const encounters = await x.site.directory.encountersOf(patient.id);
  const content = html`<p>For <strong id="patient">${patient.name}</strong> <span class="quiet">${facts(patient)}</span>
· <a id="another" href="${x.site.issuer}/launch">another patient</a></p>
${apps.length === 0 ? html`<p id="no-apps">There is no app to open: none that was approved has a launch_uri and the scope launch.</p>` : choice(x, patient, apps, encounters)}`;
  return formPage(x, { title: 'Open an app for a patient', content, leadsTo: leadsToAny(apps) });
}

/** Where the form may lead: to the apps, and on their way back from here to where they wait for the answer. */
function leadsToAny(apps: readonly Client[]): string {
  const addresses = apps.flatMap((client) => [launchUriOf(client) ?? '', ...(client.metadata.redirect_uris ?? [])]);
  const known = addresses.filter((address) => URL.canParse(address));
  const sources = new Set(known.map((address) => destinationOf(address).leadsTo));
  if (sources.size <= 50) return [...sources].join(' ');
  // a header has its limits
  return [...new Set(known.map((address) => new URL(address).protocol))].join(' ');
}

function choice(
  x: Exchange,
  patient: VisiblePatient,
  apps: readonly Client[],
  encounters: readonly EncounterEntry[],
): Html {
  const visits = encounters.map(
    ({ id, words, start }) =>
      html`<option value="${id}">${capitalized(words)}${start === undefined ? '' : `, ${dayWords(start)}`}</option>`,
  );
  return html`<form method="post" id="launch">${ownField(x)}<input type="hidden" name="patient" value="${patient.id}">
<label for="encounter">Visit</label>
<select id="encounter" name="encounter"><option value="">No visit in particular</option>${visits}</select>
<h2>App</h2>
<ul class="choices">${apps.map(
    (client) => html`<li><button class="choice" name="client_id" value="${client.clientId}">
<strong>Open ${shownName(client)}</strong><span class="quiet">${destinationOf(launchUriOf(client) ?? '').host ?? 'on this device'}</span></button></li>`,
  )}</ul></form>`;
}

async function open(x: Exchange, user: SignedIn): Promise<GateAnswer> {
  const patient = await requirePatient(x, user);
  const encounter = parameter(x, 'encounter');
  const client = await x.site.client(parameter(x, 'client_id') ?? '');
  if (!client) throw new OAuthError('launch-client');
  x.client = client;
  const context = { patient: patient.id, ...(encounter === undefined ? {} : { encounter }) };
  const { url } = await makeLaunch(x, { client, account: user.account, context });
  return seeOther(url);
}

/** @throws {OAuthError} patient-unknown */
async function requirePatient(x: Exchange, { account }: SignedIn): Promise<VisiblePatient> {
  const patient = await visiblePatient(x.site, account, parameter(x, 'patient') ?? '');
  if (!patient) throw new OAuthError('patient-unknown');
  return patient;
}
