import type { JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { isLoopbackHost } from '../oauth/guarded-fetch.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { TrustedIssuer } from '../store/registration-ports.ts';
import { admin, bodyOf, read } from './admin.ts';
import { type StatementAlgorithm, statementAlgorithms, verificationKey } from './software-statement.ts';

const mostIssuers = 100;
const algorithms = Object.keys(statementAlgorithms) as readonly StatementAlgorithm[];

const issuerBody = z.strictObject({
  issuer: z
    .string()
    .min(1)
    .max(2048)
    .regex(/^[\x21-\x7e]+$/, 'must not hold spaces')
    .describe('the iss of its software statements, character by character'),
  jwks: z
    .strictObject({ keys: z.array(z.looseObject({})).min(1).max(20) })
    .optional()
    .describe('public keys'),
  jwks_uri: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS384', 'ES384']),
});

const issuerJson = z.strictObject({
  issuer: z.string(),
  jwks: z.strictObject({ keys: z.array(z.looseObject({})) }).optional(),
  jwks_uri: z.string().optional(),
  algorithms: z.array(z.string()),
  created_by: z.string(),
  created_at: z.iso.datetime(),
});

const issuerListJson = z.strictObject({ trusted_issuers: z.array(issuerJson) });

/** `GET`: whose software statements are believed. */
export const listTrustedIssuers = admin('GET', async ({ site }) =>
  issuerListJson.parse({ trusted_issuers: (await site.store.trustedIssuers.list()).map(json) }),
);

/** `POST`: believes the software statements of an issuer; one of that name is replaced. */
export const putTrustedIssuer = admin('POST', async ({ gate, site, request, by }) => {
  const body = read(issuerBody, bodyOf(request));
  if ((body.jwks === undefined) === (body.jwks_uri === undefined)) throw wrong('Send jwks or jwks_uri, one of them.');
  if (body.jwks !== undefined) requireUsableKeys(body.jwks.keys, body.algorithms);
  if (body.jwks_uri !== undefined) requireSecure(body.jwks_uri, gate.config.allowLoopbackJwks);
  const issuer: TrustedIssuer = {
    issuer: body.issuer,
    ...(body.jwks === undefined ? {} : { jwks: body.jwks }),
    ...(body.jwks_uri === undefined ? {} : { jwksUri: body.jwks_uri }),
    algorithms: body.algorithms,
    createdBy: by.name,
    createdAt: gate.now(),
  };
  if (!(await site.store.trustedIssuers.put(issuer, mostIssuers))) throw new OAuthError('admin-taken');
  return issuerJson.parse(json(issuer));
});

/** `DELETE …/{issuer}`: its statements are believed no longer. Clients that it stood for stay as they are. */
export const removeTrustedIssuer = admin('DELETE', async ({ site, request }) => {
  if (!(await site.store.trustedIssuers.remove(request.parameters.issuer ?? ''))) {
    throw new OAuthError('admin-unknown');
  }
  return {};
});

function requireUsableKeys(keys: readonly object[], allowed: readonly StatementAlgorithm[]): void {
  for (const jwk of keys as readonly JsonWebKey[]) {
    if (jwk.kty === 'oct' || 'd' in jwk) throw wrong('jwks must hold public keys only: this one is private.');
    if (!allowed.some((algorithm) => verificationKey(jwk, algorithm))) {
      throw wrong(`A key of jwks fits none of ${allowed.join(', ')}, or is weak.`);
    }
  }
}

function requireSecure(uri: string, allowLoopback: boolean): void {
  const { protocol, hostname } = new URL(uri);
  if (protocol === 'https:' || (allowLoopback && isLoopbackHost(hostname.replace(/^\[|\]$/g, '')))) return;
  throw wrong('jwks_uri must begin with https://.');
}

function wrong(description: string): OAuthError {
  return new OAuthError('admin-request', { description });
}

function json(issuer: TrustedIssuer) {
  return {
    issuer: issuer.issuer,
    ...(issuer.jwks === undefined ? {} : { jwks: issuer.jwks }),
    ...(issuer.jwksUri === undefined ? {} : { jwks_uri: issuer.jwksUri }),
    algorithms: issuer.algorithms,
    created_by: issuer.createdBy,
    created_at: new Date(issuer.createdAt).toISOString(),
  };
}
