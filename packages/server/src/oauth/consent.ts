import type { Scope } from '@chartgate/fhir';
import { isChecked } from '../clients/checked.ts';
import { mixesAlphabets, shownName } from '../clients/shown-name.ts';
import { html } from '../pages/html.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import type { Client } from '../store/gate-ports.ts';
import { audit, patientsOf } from './audited.ts';
import { findRequest, pendingOf, stationUrl } from './authorization-request.ts';
import { choiceOf, newSince, tickedBefore } from './consent/choice.ts';
import { type ConsentView, consentContent } from './consent/consent-page.ts';
import { decisionOf } from './consent/decision.ts';
import { offerOf, valuesOf } from './consent/offer.ts';
import { destinationOf } from './destination.ts';
import { clientOf, type Exchange, type GateAnswer, parameter } from './exchange.ts';
import { limitFailures } from './form.ts';
import { grantableScope } from './grantable-scope.ts';
import { OAuthError } from './oauth-error.ts';
import { formPage, ownField } from './page-browser.ts';
import { fields, pageEndpoint } from './page-endpoint.ts';
import { deny, forUser, goOn } from './station.ts';
import { type VisiblePatient, visiblePatient } from './visible-patients.ts';

/**
 * Consent: `GET` shows what the app asks for, `POST` keeps what the user decided and goes on. Without scripts.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export const consent = pageEndpoint('consent', [limitFailures, findRequest], (x) => {
  if (parameter(x, 'decision') === 'deny') return deny(x);
  return forUser(x, async (user) => {
    const patient = await patientOf(x, user);
    if (patient === 'hidden') return seeOther(stationUrl(x, 'patient', pendingOf(x).secret));
    const asking = { user, patient, requested: grantableScope(x, user) };
    return x.request.method === 'POST' ? decide(x, asking) : show(x, asking, await remembered(x, asking));
  });
});

type Asking = {
  readonly user: SignedIn;
  readonly patient: VisiblePatient | undefined;
  readonly requested: readonly Scope[];
};

/**
 * Of the launch, or picked on the way. `hidden`: not one that this account may see, so that another must be picked.
 * @throws {OAuthError} patient-unknown, where there is nothing to pick: the launch's patient is gone
 */
async function patientOf(x: Exchange, { account }: SignedIn): Promise<VisiblePatient | undefined | 'hidden'> {
  const { launch, patient: picked } = pendingOf(x).request;
  const id = launch?.patient ?? picked;
  if (id === undefined) return undefined;
  const patient = await visiblePatient(x.site, account, id);
  if (!patient && launch?.patient !== undefined) throw new OAuthError('patient-unknown');
  return patient ?? 'hidden';
}

function remembered(x: Exchange, { user, patient }: Asking) {
  return x.site.store.consents.find(user.account.accountId, clientOf(x).clientId, patient?.id);
}

async function decide(x: Exchange, asking: Asking): Promise<GateAnswer> {
  const { user, patient, requested } = asking;
  const offer = offerOf(requested);
  const boxes = new Set(valuesOf(offer));
  const ticked = new Set(fields(x, 'scope').filter((value) => boxes.has(value)));
  const choice = choiceOf(requested, offer, ticked);
  if (choice.isEmpty || parameter(x, 'decision') !== 'allow') {
    return show(x, asking, choice, 'Tick at least one thing that the app may see, or choose “Don’t allow”.');
  }
  const { isNarrower, ...decision } = decisionOf(choice, offer, await remembered(x, asking));
  const consent = {
    accountId: user.account.accountId,
    clientId: clientOf(x).clientId,
    ...(patient === undefined ? {} : { patient: patient.id }),
    ...decision,
    decidedAt: x.now,
  };
  const { consents } = x.site.store;
  await (isNarrower ? consents.replace(consent) : consents.put(consent));
  if (isNarrower) {
    x.site.forget({ users: true });
    await audit(x, { act: 'authorization-ended', by: 'user', ...patientsOf({ patient: patient?.id }) });
  }
  return goOn(x);
}

/** @param before what was decided the last time, or a moment ago with `fault` */
function show(
  x: Exchange,
  { user, patient, requested }: Asking,
  before: { readonly scope: string; readonly refused: string } | undefined,
  fault?: string,
): GateAnswer {
  const { secret, request } = pendingOf(x);
  const client = clientOf(x);
  const destination = destinationOf(request.redirectUri);
  const offer = offerOf(requested);
  const appName = shownName(client);
  const view: ConsentView = {
    appName,
    mixesAlphabets: mixesAlphabets(appName),
    isChecked: isChecked(client),
    destination,
    links: linksOf(client),
    userName: user.account.userName,
    switchUrl: stationUrl(x, 'sign-in', secret),
    isStaff: user.account.role !== 'patient',
    ...(patient === undefined ? {} : { patient }),
    offer,
    ticked: tickedBefore(offer, before),
    fresh: fault === undefined ? newSince(offer, before) : new Set(),
    lifetime: x.settings.access_token_lifetime,
    hidden: html`${ownField(x)}<input type="hidden" name="request" value="${secret}">`,
    ...(fault === undefined ? {} : { fault }),
  };
  return formPage(x, {
    title: 'Let this app in?',
    content: consentContent(view),
    leadsTo: destination.leadsTo,
    status: fault === undefined ? 200 : 422,
  });
}

/** The app's own pages about itself; a link to another kind of address is none that people should follow. */
function linksOf({ metadata }: Client): ConsentView['links'] {
  const pages = [
    ['What the app’s maker promises about your data', metadata.policy_uri],
    ['The app’s terms', metadata.tos_uri],
  ] as const;
  return pages.flatMap(([words, uri]) => {
    const url = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined;
    return url?.protocol === 'https:' ? [{ words: `${words} (${url.host})`, url: url.href }] : [];
  });
}
