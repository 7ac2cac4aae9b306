import { check } from './endpoint.ts';
import { OAuthError, shown } from './oauth-error.ts';

export const requirePost = check('method is POST', ({ request }) => {
  if (request.method !== 'POST') {
    throw new OAuthError('method', { received: request.method, headers: { allow: 'POST' } });
  }
});

export const requireGetOrPost = check('method is GET or POST', ({ request: { method } }) => {
  if (method === 'GET' || method === 'POST') return;
  throw new OAuthError('method', { received: method, headers: { allow: 'GET, POST' } });
});

/** Reads the form of the body. Parameters in the URL would end up in logs, so they are not read. */
export const requireFormBody = check('body is a form', (x) => {
  const type = x.request.headers['content-type'];
  if (type?.split(';')[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('form', { received: `Content-Type: ${shown(type)}` });
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(x.request.body)) if (!form.has(name)) form.set(name, value);
  x.form = form;
});

/** "Request and response parameters MUST NOT be included more than once" (RFC 6749 section 3.2), in body and URL alike. */
export const rejectRepeatedParameters = check('no parameter is repeated', ({ request }) => {
  const seen = new Set<string>();
  for (const name of [...new URLSearchParams(request.query).keys(), ...new URLSearchParams(request.body).keys()]) {
    if (seen.has(name)) throw new OAuthError('repeated-parameter', { received: `${shown(name)} more than once` });
    seen.add(name);
  }
});

/** An address that was refused again and again waits a little, so that nobody can guess or fill tables at leisure. */
export const limitFailures = check('not too many refusals before', ({ gate, request }) => {
  const wait = gate.failures.wait(request.remoteAddress);
  if (wait > 0) throw new OAuthError('too-many-refusals', { headers: { 'retry-after': String(wait) } });
});
