import { type Browser, browserOf, formToken } from '../pages/browser.ts';
import type { Html } from '../pages/html.ts';
import { page } from '../pages/page.ts';
import type { Exchange, GateAnswer } from './exchange.ts';
import { placeOf } from './page-endpoint.ts';

const browsers = new WeakMap<Exchange, Browser>();

/** The browser that asks: a new one is given one secret, however many forms the page has. */
export function browserIn(x: Exchange): Browser {
  const known = browsers.get(x) ?? browserOf(x.request.headers, placeOf(x));
  browsers.set(x, known);
  return known;
}

/** The hidden field that each form of this exchange's page needs. */
export function ownField(x: Exchange): Html {
  return formToken(browserIn(x));
}

/** A page with forms: it gives the browser the cookie that the forms are checked by. */
export function formPage(
  x: Exchange,
  parts: { readonly title: string; readonly content: Html; readonly leadsTo?: string; readonly status?: number },
): GateAnswer {
  const { status = 200, ...rest } = parts;
  return page(status, { ...rest, headers: { 'set-cookie': browserIn(x).cookies } });
}
