import type { Endpoint, Step } from '../oauth/endpoint.ts';
import type { Exchange, GateAnswer } from '../oauth/exchange.ts';
import { limitFailures } from '../oauth/form.ts';
import type { OAuthError } from '../oauth/oauth-error.ts';
import { pageEndpoint, placeOf, refusalPage } from '../oauth/page-endpoint.ts';
import { browserOf, formToken } from '../pages/browser.ts';
import { type Html, html } from '../pages/html.ts';
import { page, seeOther } from '../pages/page.ts';

/** What a page shows: its forms hold `token`, and `fault` says what was wrong with the one that was sent. */
export type Shown = { readonly title: string; readonly content: Html; readonly usesPasskeys?: true };
export type Showing = { readonly token: Html; readonly fault?: Html };

export type OwnPage = {
  readonly name: string;
  /** Where it lies below the issuer, so that who has to sign in first comes back. */
  readonly place: string;
  readonly steps: readonly Step[];
  readonly show: (x: Exchange, showing: Showing) => Promise<Shown>;
  readonly submit: (x: Exchange) => Promise<GateAnswer>;
};

/** A page of the account whose forms say themselves what was wrong. */
export function ownPage({ name, place, steps, show, submit }: OwnPage): Endpoint {
  return pageEndpoint(
    name,
    [limitFailures, ...steps],
    (x) => (x.request.method === 'POST' ? submit(x) : shown(x, show)),
    async (x, refusal, ticket) => {
      if (refusal.refusal === 'sign-in-needed' || refusal.refusal === 'step-up-needed') {
        const station = refusal.refusal === 'sign-in-needed' ? 'sign-in' : 'step-up';
        return seeOther(`${x.site.issuer}/${station}?${new URLSearchParams({ to: place })}`);
      }
      const isOfForm = x.request.method === 'POST' && x.form !== undefined && refusal.status !== 405;
      return isOfForm ? shown(x, show, refusal) : refusalPage(x, refusal, ticket);
    },
  );
}

/** The page as an answer to this browser. */
export async function shown(x: Exchange, show: OwnPage['show'], refusal?: OAuthError): Promise<GateAnswer> {
  const browser = browserOf(x.request.headers, placeOf(x));
  const fault = refusal && html`<p class="fault" id="fault" role="alert">${refusal.message} ${refusal.advice}</p>`;
  const { usesPasskeys, ...parts } = await show(x, { token: formToken(browser), ...(fault ? { fault } : {}) });
  const cookies = browser.cookies.length > 0 ? { 'set-cookie': browser.cookies } : {};
  return page(refusal?.status ?? 200, {
    ...parts,
    ...(usesPasskeys ? { script: `${x.site.issuer}/passkey.js` } : {}),
    headers: { ...refusal?.headers, ...cookies },
  });
}

/** A page that tells something and asks nothing. */
export function told(x: Exchange, title: string, content: Html): GateAnswer {
  return page(200, {
    title,
    content: html`${content}<p><a href="${x.site.issuer}/account">Back to your account</a></p>`,
  });
}

/** Recovery codes, once. */
export function codesToKeep(codes: readonly string[]): Html | undefined {
  if (codes.length === 0) return undefined;
  return html`<h2>Recovery codes</h2>
<p>Keep these somewhere safe, such as on paper. Each opens your account once when you have lost your phone or your passkey. They are not shown again.</p>
<ul id="recovery-codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>`;
}

/** A form that is sent with a passkey's answer. */
export function passkeyForm(
  { token }: Showing,
  form: { id: string; action: string; kind: 'get' | 'create'; options: unknown; label: string; fields?: Html },
): Html {
  return html`<form method="post" id="${form.id}" action="${form.action}" data-passkey="${form.kind}" data-options="${JSON.stringify(form.options)}">
${token}${form.fields}<input type="hidden" name="passkey" value="">
<p class="fault" role="alert" hidden>This did not work. Try again, or use another way.</p>
<div class="actions"><button type="submit">${form.label}</button></div>
</form>
<noscript><p>Passkeys need JavaScript. Everything else works without it.</p></noscript>`;
}
