import { browserOf, formToken } from '../pages/browser.ts';
import { type Html, html } from '../pages/html.ts';
import { page } from '../pages/page.ts';
import type { Account } from '../store/account-ports.ts';
import type { Exchange, GateAnswer } from './exchange.ts';
import { parameter } from './exchange.ts';
import { placeOf } from './page-endpoint.ts';

/** Where a sign-out leads: a registered address with the app's state; or the ticket that says why it leads nowhere. */
export type WayBack = { readonly uri?: string; readonly ticket?: string | undefined };

/** Asks whether to sign out: anybody can lead a browser here. */
export function askPage(x: Exchange, { userName }: Account, { uri }: WayBack): GateAnswer {
  const browser = browserOf(x.request.headers, placeOf(x));
  const kept = (['client_id', 'post_logout_redirect_uri', 'state'] as const).map((name) => {
    const value = name === 'client_id' ? x.client?.clientId : parameter(x, name);
    return value === undefined ? undefined : html`<input type="hidden" name="${name}" value="${value}">`;
  });
  return page(200, {
    title: 'Sign out?',
    content: html`<p>You are signed in as <strong>${userName}</strong>.</p>
<form id="logout" method="post" action="${x.site.issuer}/logout">
${formToken(browser)}${kept}
<div class="actions"><button id="logout-confirm">Sign out</button></div>
</form>
<p class="quiet">To stay signed in, close this page.</p>`,
    ...(uri === undefined ? {} : { leadsTo: sourceOf(uri) }),
    headers: { 'set-cookie': browser.cookies },
  });
}

/** What is left to see when there is nowhere to go, or when nobody vouches for where that is. */
export function signedOutPage(x: Exchange, way: WayBack, cookies: readonly string[]): GateAnswer {
  const said = cookies.length > 0 ? 'You have been signed out. Thank you.' : 'You are currently not signed in.';
  return page(200, {
    title: 'You are signed out',
    content: html`<p id="logout-done">${said}</p>${whereTo(x, way)}`,
    headers: { 'set-cookie': cookies },
  });
}

function whereTo(x: Exchange, { uri, ticket }: WayBack): Html | undefined {
  if (uri !== undefined) {
    const name = x.client?.metadata.client_name ?? 'the app';
    return html`<p><a id="logout-back" href="${uri}">Go back to ${name}</a>, at ${sourceOf(uri)}</p>`;
  }
  if (ticket === undefined) return undefined;
  return html`<p>The app wanted to send you on to an address that it has not registered.</p>
<p class="quiet">Reference number: ${ticket}</p>`;
}

/** An origin, or the scheme of an app of its own: what a content security policy takes. */
function sourceOf(uri: string): string {
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}
