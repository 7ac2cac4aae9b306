import { type Exchange, type GateAnswer, parameter } from '../../oauth/exchange.ts';
import { limitFailures } from '../../oauth/form.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { formPage, ownField } from '../../oauth/page-browser.ts';
import { pageEndpoint } from '../../oauth/page-endpoint.ts';
import { signInFirst } from '../../oauth/sign-in-first.ts';
import { dayWords } from '../../oauth/words.ts';
import { type Html, html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import type { SignedIn } from '../../store/account-ports.ts';
import { allowedApps, removeApp, type ShownApp } from './allowed-apps.ts';

/**
 * `{issuer}/account/apps`: the apps that a user let in, and the way to take it back. It is SMART's `management_endpoint`.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#response
 */
export const appsPage = pageEndpoint('account/apps', [limitFailures], (x) =>
  signInFirst(x, 'account/apps', (user) => (x.request.method === 'POST' ? remove(x, user) : show(x, user))),
);

async function remove(x: Exchange, { account }: SignedIn): Promise<GateAnswer> {
  const killed = await removeApp(x, account, parameter(x, 'client_id') ?? '');
  if (killed === undefined) throw new OAuthError('app-unknown');
  return seeOther(`${x.site.issuer}/account/apps?removed`);
}

async function show(x: Exchange, { account }: SignedIn): Promise<GateAnswer> {
  const apps = await allowedApps(x, account);
  const isRemoved = new URLSearchParams(x.request.query).has('removed');
  const done = isRemoved
    ? html`<p class="note" role="status" id="removed">The app was removed. It sees nothing any more.</p>`
    : undefined;
  const none = html`<p id="none">You have let in no app.</p>`;
  const own = html`<p class="quiet">Signed in as <strong id="user">${account.userName}</strong>. <a href="${x.site.issuer}/account">Your account</a></p>`;
  const byClient = Map.groupBy(apps, ({ clientId }) => clientId);
  const list = apps.length === 0 ? none : [...byClient].map(([clientId, own]) => entry(x, clientId, own));
  const title = account.role === 'patient' ? 'Apps that can see my records' : 'Apps that I let in';
  return formPage(x, { title, content: html`${own}${done}${list}` });
}

/** An app, for each patient it was let in for; it is removed as a whole. */
function entry(x: Exchange, clientId: string, apps: readonly ShownApp[]): Html {
  const name = apps[0]?.name ?? '';
  return html`<section class="card" data-client="${clientId}">
<h2>${name}</h2>
${apps.map(about)}
<form method="post">${ownField(x)}<input type="hidden" name="client_id" value="${clientId}">
<button class="second" id="remove-${clientId}">Remove ${name}</button></form>
</section>`;
}

function about(app: ShownApp): Html {
  const used = app.lastUsedAt === undefined ? 'never used' : `last used ${day(app.lastUsedAt)}`;
  const ends = app.isOffline ? 'keeps its access until you remove it' : 'asks you again from time to time';
  return html`<h3>${whose(app)}</h3>
<details open><summary>What it may see or do</summary><ul>${app.words.map((words) => html`<li>${words}</li>`)}</ul></details>
<p class="quiet">Since ${day(app.since)} · ${used} · ${ends}</p>`;
}

function whose({ patient }: ShownApp): Html {
  if (patient === undefined) return html`For no patient in particular`;
  return patient.isOwn ? html`Your own record (${patient.name})` : html`The record of ${patient.name}`;
}

function day(time: number): string {
  return dayWords(new Date(time).toISOString());
}
