import { browserOf, isOwnForm } from '../pages/browser.ts';
import { html } from '../pages/html.ts';
import { page } from '../pages/page.ts';
import { check, type Endpoint, endpoint, type Refuse, type Step } from './endpoint.ts';
import type { Exchange, GateAnswer } from './exchange.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';

/** Where the site's cookies are set. */
export function placeOf({ gate, site }: Pick<Exchange, 'gate' | 'site'>) {
  return { publicUrl: gate.config.publicUrl, site: site.name };
}

/** A refusal as a page: a sentence, what to do, and a number by which others find the rest. No code, no id. */
export const refusalPage: Refuse = (_x, refusal, ticket) => {
  const reference = ticket === undefined ? undefined : html`<p class="quiet">Reference number: ${ticket}</p>`;
  const { headers } = refusalAnswer(refusal);
  return page(refusal.status, {
    title: 'This did not work',
    content: html`<p>${refusal.message}</p><p>${refusal.advice}</p>${reference}`,
    headers,
  });
};

/**
 * An endpoint that people see: `GET` shows a page, `POST` takes its form.
 * @param refuse how a refusal is shown (Default: a page that says it)
 */
export function pageEndpoint(
  name: string,
  steps: readonly Step[],
  answer: (x: Exchange) => GateAnswer | Promise<GateAnswer>,
  refuse: Refuse = refusalPage,
): Endpoint {
  return endpoint(name, [readForm, ...steps], answer, refuse);
}

/** The form of a page, which must be one that this browser was shown. Its fields may come more than once: see `fields`. */
const readForm = check('form is our own', (x) => {
  const { method, headers, body } = x.request;
  if (method === 'GET') return;
  if (method !== 'POST') throw new OAuthError('method', { received: method, headers: { allow: 'GET, POST' } });
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw new OAuthError('form', { received: 'another Content-Type' });
  const fields = new URLSearchParams(body);
  const browser = browserOf(headers, placeOf(x));
  const isForeign = headers.origin !== undefined && headers.origin !== new URL(x.gate.config.publicUrl).origin;
  if (isForeign || !isOwnForm(browser, fields.get('form_token') ?? undefined)) throw new OAuthError('form-token');
  x.form = new Map(fields);
});

/** All values of a field of the form, such as of ticked boxes. */
export function fields(x: Exchange, name: string): readonly string[] {
  return new URLSearchParams(x.request.method === 'POST' ? x.request.body : '').getAll(name);
}
