import { FhirError } from '@chartgate/fhir';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { adminMethods, listClients, listTickets, showAnyTicket, showClient } from '../clients/admin.ts';
import { createAdminToken, listAdminTokens, revokeAdminToken } from '../clients/admin-admin-tokens.ts';
import {
  approveClient,
  askClient,
  clientHistory,
  rejectClient,
  revokeClient,
  suspendClient,
} from '../clients/admin-decisions.ts';
import {
  createInitialAccessToken,
  listInitialAccessTokens,
  removeInitialAccessToken,
} from '../clients/admin-entry-tokens.ts';
import { inbox } from '../clients/admin-inbox.ts';
import { replacePolicy, showPolicy, tryPolicy } from '../clients/admin-policy.ts';
import { changeSettings, showSettings } from '../clients/admin-settings.ts';
import { issueAccessToken } from '../clients/admin-token.ts';
import { listTrustedIssuers, putTrustedIssuer, removeTrustedIssuer } from '../clients/admin-trusted-issuers.ts';
import { registeredClient, rotateRegistrationToken } from '../clients/registered-client.ts';
import { register } from '../clients/registration.ts';
import { rotateSecret } from '../clients/rotate-secret.ts';
import { jwk, openidConfiguration, smartConfiguration } from '../oauth/discovery.ts';
import type { Endpoint } from '../oauth/endpoint.ts';
import type { GateAnswer, GateRequest } from '../oauth/exchange.ts';
import type { Gate } from '../oauth/gate.ts';
import { introspect } from '../oauth/introspect.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';
import { revoke } from '../oauth/revoke.ts';
import { showTicket } from '../oauth/ticket.ts';
import { token } from '../oauth/token.ts';
import { Html } from '../pages/html.ts';

const largestBody = 65_536;

const routes: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/apis/:site/fhir/.well-known/smart-configuration', smartConfiguration],
  ['/oauth2/:site/.well-known/openid-configuration', openidConfiguration],
  ['/oauth2/:site/jwk', jwk],
  ['/oauth2/:site/registration', register],
  ['/oauth2/:site/client/:client', registeredClient],
  ['/oauth2/:site/client/:client/secret', rotateSecret],
  ['/oauth2/:site/client/:client/registration-token', rotateRegistrationToken],
  ['/oauth2/:site/token', token],
  ['/oauth2/:site/introspect', introspect],
  ['/oauth2/:site/revoke', revoke],
  ['/oauth2/:site/ticket/:ticket', showTicket],
  ['/apis/:site/admin/clients', listClients],
  ['/apis/:site/admin/clients/:client', showClient],
  ['/apis/:site/admin/clients/:client/approve', approveClient],
  ['/apis/:site/admin/clients/:client/suspend', suspendClient],
  ['/apis/:site/admin/clients/:client/revoke', revokeClient],
  ['/apis/:site/admin/clients/:client/reject', rejectClient],
  ['/apis/:site/admin/clients/:client/ask', askClient],
  ['/apis/:site/admin/clients/:client/history', clientHistory],
  ['/apis/:site/admin/inbox', inbox],
  ['/apis/:site/admin/approval-policy', adminMethods({ GET: showPolicy, PUT: replacePolicy })],
  ['/apis/:site/admin/approval-policy/try', tryPolicy],
  [
    '/apis/:site/admin/initial-access-tokens',
    adminMethods({ GET: listInitialAccessTokens, POST: createInitialAccessToken }),
  ],
  ['/apis/:site/admin/initial-access-tokens/:id', removeInitialAccessToken],
  ['/apis/:site/admin/trusted-issuers', adminMethods({ GET: listTrustedIssuers, POST: putTrustedIssuer })],
  ['/apis/:site/admin/trusted-issuers/:issuer', removeTrustedIssuer],
  ['/apis/:site/admin/admin-tokens', adminMethods({ GET: listAdminTokens, POST: createAdminToken })],
  ['/apis/:site/admin/admin-tokens/:name', revokeAdminToken],
  ['/apis/:site/admin/settings', adminMethods({ GET: showSettings, PATCH: changeSettings })],
  ['/apis/:site/admin/tokens', issueAccessToken],
  ['/apis/:site/admin/tickets', listTickets],
  ['/apis/:site/admin/tickets/:ticket', showAnyTicket],
];

/** The gate's endpoints as a Fastify plugin. Bodies are read as text of at most 64 kB, whatever their type. */
export function gateRoutes(gate: Gate): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: largestBody }, (_request, body, done) => {
      done(null, body);
    });
    app.setErrorHandler((error, _request, reply) => send(reply, unexpected(gate, error)));
    for (const [path, endpoint] of routes) mount(app, gate, path, endpoint);
  };
}

function mount(app: FastifyInstance, gate: Gate, url: string, endpoint: Endpoint): void {
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url,
    bodyLimit: largestBody,
    handler: async (request, reply) => {
      if (request.method === 'OPTIONS') return send(reply, preflight);
      return send(reply, await endpoint(gate, gateRequest(request)));
    },
  });
}

/** Any page may call the gate: what depends on a cookie cannot be read by a page of another origin. */
const preflight: GateAnswer = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'authorization, content-type, accept',
    'access-control-max-age': '600',
  },
  body: undefined,
};

function gateRequest(request: FastifyRequest): GateRequest {
  const { site = '', ...parameters } = request.params as Record<string, string>;
  const mark = request.url.indexOf('?');
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    headers: request.headers as GateRequest['headers'],
    query: mark < 0 ? '' : request.url.slice(mark + 1),
    body: typeof request.body === 'string' ? request.body : '',
    site,
    parameters,
    remoteAddress: request.ip,
  };
}

/** Read by any page: what it may do with it depends on no cookie. */
const shared = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'www-authenticate, retry-after, location',
};

function send(reply: FastifyReply, { status, headers, body }: GateAnswer): FastifyReply {
  // a page is for the browser that shows it alone
  const sharing = body instanceof Html ? {} : shared;
  reply.code(status).headers({
    ...sharing,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  if (body === undefined) return reply.send();
  if (body instanceof Html) return reply.type('text/html; charset=utf-8').send(body.text);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** What nobody foresaw is logged, and tells the outside nothing. */
function unexpected(gate: Gate, error: unknown): GateAnswer {
  if (error instanceof OAuthError) return refusalAnswer(error);
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) return refusalAnswer(new OAuthError('too-large'));
  if (statusCode >= 400 && statusCode < 500) return refusalAnswer(new OAuthError('unreadable'));
  gate.log.error(error, 'the gate failed');
  if (error instanceof FhirError && error.status === 503) {
    return refusalAnswer(new OAuthError('unavailable', { headers: { 'retry-after': '1' } }));
  }
  return refusalAnswer(new OAuthError('failure'));
}
