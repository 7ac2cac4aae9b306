import type { Endpoint, Step } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, parameter } from '../oauth/exchange.ts';
import type { OAuthError } from '../oauth/oauth-error.ts';
import { pageEndpoint, placeOf, refusalPage } from '../oauth/page-endpoint.ts';
import type { RefusalCode } from '../oauth/refusals.ts';
import { browserOf, formToken } from '../pages/browser.ts';
import type { Fault } from '../pages/form.ts';
import { type Html, html } from '../pages/html.ts';
import { page, seeOther } from '../pages/page.ts';

/** What a page shows; `leadsTo` as of a page's parts. */
export type Shown = {
  readonly title: string;
  readonly content: Html;
  readonly leadsTo?: string;
  /** It runs the script of passkeys. */
  readonly usesPasskeys?: boolean;
};

export type Showing = {
  /** The hidden field that each of the page's forms holds. */
  readonly token: Html;
  readonly fault?: Fault;
};

export type FormPage = {
  readonly name: string;
  /** Where it lies below the issuer, so that who has to sign in first comes back. */
  readonly place?: string;
  readonly steps?: readonly Step[];
  /** Refusals that are shown in the form, and the field they are about; null: none in particular. */
  readonly faults?: Readonly<Partial<Record<RefusalCode, string | null>>>;
  readonly show: (x: Exchange, showing: Showing) => Shown | Promise<Shown>;
  /** What sending the form does. */
  readonly submit: (x: Exchange) => GateAnswer | Promise<GateAnswer>;
};

/** These can happen to any form. */
const general: FormPage['faults'] = { 'too-many-sign-ins': null, 'too-many-requests': null, 'password-queue': null };

/** A page with a form: what was wrong is shown in the form itself, with what was written but for passwords. */
export function formPage({ name, place, steps = [], faults = {}, show, submit }: FormPage): Endpoint {
  const fields = { ...general, ...faults };
  return pageEndpoint(
    name,
    steps,
    (x) => (x.request.method === 'POST' ? submit(x) : shown(x, show)),
    (x, refusal, ticket) => {
      const field = fields[refusal.refusal];
      if (x.request.method === 'POST' && field !== undefined) return shown(x, show, { refusal, field });
      return needsSignIn(x, refusal, place) ?? refusalPage(x, refusal, ticket);
    },
  );
}

/** A page as an answer to this browser. */
export async function shown(
  x: Exchange,
  show: FormPage['show'],
  wrong?: { readonly refusal: OAuthError; readonly field: string | null },
): Promise<GateAnswer> {
  const browser = browserOf(x.request.headers, placeOf(x));
  const fault = wrong && { text: wrong.refusal.message, ...(wrong.field === null ? {} : { field: wrong.field }) };
  const { usesPasskeys, ...parts } = await show(x, { token: formToken(browser), ...(fault ? { fault } : {}) });
  const cookies = browser.cookies.length > 0 ? { 'set-cookie': browser.cookies } : {};
  return page(wrong?.refusal.status ?? 200, {
    ...parts,
    ...(usesPasskeys ? { script: `${x.site.issuer}/passkey.js` } : {}),
    headers: { ...wrong?.refusal.headers, ...cookies },
  });
}

/** Who is not signed in, or too long ago, signs in and comes back. */
function needsSignIn({ site }: Exchange, { refusal }: OAuthError, place: string | undefined): GateAnswer | undefined {
  if (refusal !== 'sign-in-needed' && refusal !== 'step-up-needed') return undefined;
  const station = refusal === 'sign-in-needed' ? 'sign-in' : 'step-up';
  return seeOther(`${site.issuer}/${station}${place === undefined ? '' : `?${new URLSearchParams({ to: place })}`}`);
}

/** A page of the gate that a form may lead back to. */
const ownPage = /^(launch|account(\/[a-z-]{1,40}){0,3})$/;

/** A page of the web app that a form may lead back to: never an address of another server. */
const webPage = /^\/(console|playground|portal)(\/[\w.~%-]{1,100}){0,8}(\?[\w.~%&=+:,|-]{0,1000})?$/;

/** A place that a form may lead back to; the account's first page where it is none. */
export function ownPlace(x: Exchange): string {
  const to = parameter(x, 'to') ?? new URLSearchParams(x.request.query).get('to') ?? '';
  if (webPage.test(to)) return `${x.gate.config.publicUrl}${to}`;
  return `${x.site.issuer}/${ownPage.test(to) ? to : 'account'}`;
}

/** A value of the form, or of the address where the form was not sent yet. */
export function given(x: Exchange, name: string): string | undefined {
  return parameter(x, name) ?? (new URLSearchParams(x.request.query).get(name) || undefined);
}

/** A page that tells something and asks nothing. */
export function tell(title: string, content: Html, headers: GateAnswer['headers'] = {}): GateAnswer {
  return page(200, { title, content, headers });
}

/** The way back from a page of the account. */
export const backToAccount = ({ site }: Pick<Exchange, 'site'>): Html =>
  html`<p><a href="${site.issuer}/account">Back to your account</a></p>`;
