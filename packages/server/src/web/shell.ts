import { randomBytes } from 'node:crypto';
import { browserOf, type CookiePlace, tokenOf } from '../pages/browser.ts';

export type Shell = {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the browser to keep; empty where it has them. */
  readonly cookies: readonly string[];
};

/**
 * The page that starts an entry of the web app, for one browser. It runs scripts of this server and no others; nobody
 * frames it, and nothing keeps it.
 * @param html as it was built, with the marks `%nonce%` and `%form-token%`
 * @param reach where its scripts may connect to beside this server
 * @see https://www.w3.org/TR/CSP3/
 */
export function shell(
  html: string,
  { headers, place, reach }: { headers: Headers; place: CookiePlace; reach: readonly string[] },
): Shell {
  const browser = browserOf(headers, place);
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...reach].join(' ')}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    body: html.replaceAll('%nonce%', nonce).replaceAll('%form-token%', tokenOf(browser)),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
    cookies: browser.cookies,
  };
}

type Headers = Readonly<Record<string, string | undefined>>;
