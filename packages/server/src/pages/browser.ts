import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Html, html } from './html.ts';

/** Where cookies of a site are set. */
export type CookiePlace = {
  /** Of the whole server, such as `https://clinic.example`. */
  readonly publicUrl: string;
  readonly site: string;
};

type Headers = Readonly<Record<string, string | undefined>>;

/** The browser that asks, told apart by a cookie: the forms that it sends must be ones that it was shown. */
export type Browser = {
  readonly secret: string;
  /** To be sent with the answer; empty where the browser has the cookie already. */
  readonly cookies: readonly string[];
};

/** The browser of a request; a new one where it shows no cookie. */
export function browserOf(headers: Headers, place: CookiePlace): Browser {
  const known = readCookie(headers, place, 'browser');
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return { secret: known, cookies: [] };
  const secret = randomBytes(32).toString('base64url');
  return { secret, cookies: [cookie(place, 'browser', secret)] };
}

/** The hidden field that each form holds. */
export function formToken(browser: Browser): Html {
  return html`<input type="hidden" name="form_token" value="${tokenOf(browser)}">`;
}

/** Whether a form was shown to this browser. */
export function isOwnForm(browser: Browser, token: string | undefined): boolean {
  const expected = Buffer.from(tokenOf(browser));
  const shown = Buffer.from(token ?? '');
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

/** What shows that a page of this server was opened in this browser: a form's hidden field, a script's header. */
export function tokenOf({ secret }: Browser): string {
  return createHash('sha256').update(`form ${secret}`).digest('base64url');
}

/** The value of one of our cookies. */
export function readCookie(headers: Headers, place: CookiePlace, name: string): string | undefined {
  const wanted = `${cookieName(place, name)}=`;
  const found = headers.cookie?.split(';').find((part) => part.trimStart().startsWith(wanted));
  return found?.trim().slice(wanted.length) || undefined;
}

/**
 * A `Set-Cookie` header: for this server alone, out of reach of scripts, and not sent with other sites' forms.
 * @param value undefined takes the cookie away
 * @param maxAge seconds that the browser keeps it. (Default: until it is closed)
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2
 */
export function cookie(place: CookiePlace, name: string, value: string | undefined, maxAge?: number): string {
  const secure = place.publicUrl.startsWith('https:') ? '; Secure' : '';
  const end = value === undefined ? '; Max-Age=0' : maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
  return `${cookieName(place, name)}=${value ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure}${end}`;
}

/** `__Host-`: no neighbour of the domain can set it (RFC 6265bis section 4.1.3.2). It needs https. */
function cookieName({ publicUrl, site }: CookiePlace, name: string): string {
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}chartgate-${site}-${name}`;
}
