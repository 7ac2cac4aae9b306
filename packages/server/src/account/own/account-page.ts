import { type Exchange, parameter } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { pageEndpoint } from '../../oauth/page-endpoint.ts';
import { generalFault, submit } from '../../pages/form.ts';
import { type Html, html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import { backToAccount, formPage, type Showing, type Shown } from '../form-page.ts';
import { endSession, signedInOf, withoutSession } from '../session.ts';
import { requireFreshSignIn, requireSignIn, signedInAt, whenSent } from '../signed-in.ts';
import { endOne, endOthers } from './own-sessions.ts';

/** What the account's first page leads to, by its place below the issuer. */
export const accountLinks: readonly { readonly place: string; readonly label: string }[] = [
  { place: 'account/charts', label: 'My records' },
  { place: 'account/apps', label: 'Apps that can see my records' },
  { place: 'account/accesses', label: 'Who saw my records' },
  { place: 'account/password', label: 'Change the password' },
  { place: 'account/email', label: 'Change the e-mail address' },
  { place: 'account/authenticator', label: 'Authenticator app' },
  { place: 'account/passkeys', label: 'Passkeys' },
  { place: 'account/recovery-codes', label: 'Recovery codes' },
  { place: 'account/sessions', label: 'Where you are signed in' },
  { place: 'account/close', label: 'Close the account' },
];

/** `{issuer}/account`: whose account it is, and what can be done with it. */
export const accountPage = formPage({
  name: 'account',
  place: 'account',
  steps: [requireSignIn],
  show: (x, { token }) => {
    const { account } = signedInAt(x);
    const { issuer } = x.site;
    return {
      title: 'Your account',
      content: html`<table>
<tr><th scope="row">User name</th><td id="name">${account.userName}</td></tr>
<tr><th scope="row">E-mail address</th><td id="email">${account.email}</td></tr>
</table>
<ul>${accountLinks.map(({ place, label }) => html`<li><a href="${issuer}/${place}">${label}</a></li>`)}</ul>
<form method="post" action="${issuer}/sign-out">${token}${submit('Sign out', 'second')}</form>`,
    };
  },
  submit: (x) => seeOther(`${x.site.issuer}/account`),
});

/** `POST {issuer}/sign-out`: this browser is signed out, and what was to end with it is dead. */
export const signOutPage = pageEndpoint('sign-out', [], async (x) => {
  if (x.request.method !== 'POST') throw new OAuthError('method', { headers: { allow: 'POST' } });
  const here = await signedInOf(x);
  if (here) await endSession(x, here);
  return seeOther(`${x.site.issuer}/sign-in`, { 'set-cookie': withoutSession(x) });
});

/** `{issuer}/account/sessions`: where somebody is signed in, and the end of it. */
export const sessionsPage = formPage({
  name: 'account/sessions',
  place: 'account/sessions',
  steps: [requireSignIn, whenSent(requireFreshSignIn)],
  faults: { 'account-unknown': null },
  show: showSessions,
  submit: async (x) => {
    const signedIn = signedInAt(x);
    const session = parameter(x, 'session');
    if (session === undefined) await endOthers(x, signedIn);
    else await endOne(x, signedIn, session);
    return seeOther(`${x.site.issuer}/account/sessions`);
  },
});

async function showSessions(x: Exchange, { token, fault }: Showing): Promise<Shown> {
  const { account, session: here } = signedInAt(x);
  const all = await x.site.store.sessions.list(account.accountId, x.now);
  const action = html`${x.site.issuer}/account/sessions`;
  const row = ({ sessionId, userAgent, seenAt }: (typeof all)[number]): Html => html`<tr>
<td>${userAgent === '' ? 'An app' : userAgent}</td><td><time>${when(seenAt)}</time></td>
<td>${
    sessionId === here.sessionId
      ? 'this browser'
      : html`<form method="post" action="${action}">${token}<input type="hidden" name="session" value="${sessionId}">
<button class="second" type="submit" id="end-${sessionId}">Sign out</button></form>`
  }</td></tr>`;
  return {
    title: 'Where you are signed in',
    content: html`${generalFault(fault)}
<table><tr><th scope="col">Browser or app</th><th scope="col">Last used</th><th scope="col"></th></tr>${all.map(row)}</table>
<form method="post" action="${action}">${token}${submit('Sign out everywhere else', 'second')}</form>
<p class="quiet">Signing out everywhere else also takes back what you allowed apps.</p>
${backToAccount(x)}`,
  };
}

/** A time as people read it, in UTC. */
export function when(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
