import { actorOf } from '../oauth/audited.ts';
import { check, endpoint } from '../oauth/endpoint.ts';
import { type Exchange, privateJson } from '../oauth/exchange.ts';
import { limitFailures, requirePost } from '../oauth/form.ts';
import { type JsonObject, readJsonObject } from '../oauth/json.ts';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import { newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import type { Client } from '../store/gate-ports.ts';
import { clientMetadataJson } from './client-json.ts';
import { type Registration, readRegistration } from './client-metadata.ts';
import { decideByPolicy } from './policy.ts';

const bodies = new WeakMap<Exchange, JsonObject>();
const registrations = new WeakMap<Exchange, Registration>();

const limitRegistrations = check('not too many registrations', async ({ gate, site, request, now }) => {
  const wait = gate.registrations.wait(request.remoteAddress);
  if (wait > 0) throw new OAuthError('too-many-registrations', { headers: { 'retry-after': String(wait) } });
  if ((await site.store.clients.countSince(now - 24 * 3600_000)) >= gate.config.registrationsPerDay) {
    throw new OAuthError('too-many-registrations', { headers: { 'retry-after': '3600' } });
  }
});

const requireJsonObject = check('body is a JSON object', (x) => {
  const type = x.request.headers['content-type'];
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type ?? '')) {
    throw new OAuthError('json-body', { received: `Content-Type: ${shown(type)}` });
  }
  const body = readJsonObject(x.request.body);
  if (typeof body === 'string')
    throw new OAuthError('json-body', { description: body, received: 'an unreadable body' });
  bodies.set(x, body);
});

const requireMetadata = check('client metadata can be used', (x) => {
  registrations.set(x, readRegistration(bodies.get(x) ?? {}, x.gate.config.allowLoopbackJwks));
});

/**
 * Dynamic client registration, in the standard dialect and in OpenEMR's. The policy decides whether the client is
 * approved at once. @see https://www.rfc-editor.org/rfc/rfc7591#section-3
 */
export const register = endpoint(
  'registration',
  [requirePost, limitFailures, limitRegistrations, requireJsonObject, requireMetadata],
  async (x) => {
    const registration = registrations.get(x);
    if (!registration) throw new TypeError('The metadata was not checked');
    const { metadata, scopes, warnings } = registration;
    const { status, reason } = decideByPolicy(scopes);
    const scope = scopes.map(({ text }) => text).join(' ');
    const hasSecret = metadata.token_endpoint_auth_method.startsWith('client_secret_');
    const secret = hasSecret ? newSecret() : undefined;
    const registrationToken = newSecret();
    const client: Client = {
      clientId: newIdentifier(),
      status,
      metadata,
      scope,
      grantedScope: status === 'approved' ? scope : '',
      ...(secret === undefined ? {} : { secretHash: secretHash(secret) }),
      registrationTokenHash: secretHash(registrationToken),
      epoch: 0,
      warnings: status === 'pending' ? [...warnings, `The client is not enabled yet. ${reason}`] : warnings,
      createdAt: x.now,
      ...(status === 'approved' ? { decidedAt: x.now } : {}),
      reason,
    };
    await x.site.store.clients.insert(client);
    x.gate.registrations.count(x.request.remoteAddress);
    const { clientId } = client;
    await x.gate.audit.record(x.site.name, { ...actorOf(x), clientId, act: 'client-registered', state: status, scope });
    return privateJson(201, {
      ...clientMetadataJson(client, x.site),
      ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
      registration_access_token: registrationToken,
    });
  },
);
