import { FhirError } from '@chartgate/fhir';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { accountRoutes } from '../account/routes.ts';
import { clientRoutes } from '../clients/routes.ts';
import { openEmrAliases } from '../oauth/aliases.ts';
import { authorize } from '../oauth/authorize.ts';
import { continueRequest } from '../oauth/continue.ts';
import { jwk, openidConfiguration, smartConfiguration } from '../oauth/discovery.ts';
import type { Endpoint } from '../oauth/endpoint.ts';
import type { GateAnswer, GateRequest } from '../oauth/exchange.ts';
import type { Gate } from '../oauth/gate.ts';
import { introspect } from '../oauth/introspect.ts';
import { logout } from '../oauth/logout.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';
import { pageRoutes } from '../oauth/page-routes.ts';
import { revoke } from '../oauth/revoke.ts';
import { smartStyle } from '../oauth/smart-style.ts';
import { showTicket } from '../oauth/ticket.ts';
import { token } from '../oauth/token.ts';
import { userinfo } from '../oauth/userinfo.ts';
import { Html } from '../pages/html.ts';
import { Script } from '../pages/page.ts';
import { tolerantEndpoint } from './tolerant-path.ts';

const largestBody = 65_536;

const routes: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/apis/:site/fhir/.well-known/smart-configuration', smartConfiguration],
  ['/oauth2/:site/.well-known/openid-configuration', openidConfiguration],
  ['/oauth2/:site/.well-known/oauth-authorization-server', openidConfiguration],
  ['/.well-known/oauth-authorization-server/oauth2/:site', openidConfiguration],
  ['/oauth2/:site/jwk', jwk],
  ['/oauth2/:site/jwks', jwk],
  ['/oauth2/:site/userinfo', userinfo],
  ['/oauth2/:site/logout', logout],
  ['/oauth2/:site/authorize', authorize],
  ['/oauth2/:site/continue', continueRequest],
  ['/oauth2/:site/smart/smart-style', smartStyle],
  ['/oauth2/:site/token', token],
  ['/oauth2/:site/introspect', introspect],
  ['/oauth2/:site/revoke', revoke],
  ['/oauth2/:site/ticket/:ticket', showTicket],
  ...pageRoutes,
  ...clientRoutes,
  ...accountRoutes,
  ...openEmrAliases,
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
    for (const path of ['/oauth2/:site', '/oauth2/:site/*']) mount(app, gate, path, tolerantEndpoint(routes));
  };
}

function mount(app: FastifyInstance, gate: Gate, url: string, endpoint: Endpoint): void {
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url,
    bodyLimit: largestBody,
    handler: async (request, reply) => {
      if (request.method === 'OPTIONS') return send(reply, preflight);
      if (gate.audit.isFull((request.params as { site?: string }).site ?? '')) return send(reply, auditIsFull());
      return send(reply, await endpoint(gate, gateRequest(request)));
    },
  });
}

/** What cannot be written down is not begun. */
function auditIsFull(): GateAnswer {
  return refusalAnswer(new OAuthError('unavailable', { headers: { 'retry-after': '1' } }));
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

/** What the path names. PostgreSQL takes no text with a NUL: a name that has one is nobody's, as the empty one is. */
function named(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.includes('\0') ? '' : value]));
}

function gateRequest(request: FastifyRequest): GateRequest {
  const { site = '', ...parameters } = named(request.params as Record<string, string>);
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
  if (body instanceof Script) return reply.type('text/javascript; charset=utf-8').send(body.text);
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
