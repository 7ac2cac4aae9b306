import { badRequest, FhirError, issue, parseBundle, parseResource, validate } from '@chartgate/fhir';
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Content } from '../access/interaction.ts';
import { rightsOf } from '../access/rights.ts';
import { bundle } from '../interaction/bundle.ts';
import { capabilities } from '../interaction/capabilities.ts';
import { dispatch, type FhirContext, type FhirRequest, requireType } from '../interaction/dispatch.ts';
import { operate } from '../operation/operate.ts';
import { operations } from '../operation/operations.ts';
import { type Chart, fhirBase, requireSite } from './chart.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { ifMatchVersion, preferOf, requireJsonAnswer, requireJsonBody } from './negotiate.ts';
import { operationRoutes } from './operation-routes.ts';
import { queryOf, textOf } from './request.ts';
import { send } from './send.ts';

/** Bytes that a body may have. A bundle may hold a whole record; a single resource with attachments is smaller. */
const bodyLimits = { resource: 8 * 1024 * 1024, bundle: 48 * 1024 * 1024, form: 64 * 1024 };

/** What a page of another origin may read beside the body: nothing here depends on a cookie. */
const exposedHeaders = ['ETag', 'Last-Modified', 'Location', 'WWW-Authenticate', 'Retry-After'];

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the token is verified, before the body is read. */
    fhir: FhirContext & { readonly clientId: string };
  }
}

/** The FHIR API of every site, to be mounted at `/apis/:site/fhir`. @see https://hl7.org/fhir/R4/http.html */
export function fhirRoutes(chart: Chart, limit: ConcurrencyLimit): FastifyPluginAsync {
  return async (app) => {
    await app.register(cors, { origin: '*', methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'], exposedHeaders });
    app.get('/metadata', (request, reply) => metadata(chart, request, reply));
    await app.register(async (guarded) => {
      guarded.decorateRequest('fhir', null as never);
      guarded.addHook('onRequest', async (request) => {
        request.fhir = await authenticated(chart, request);
      });
      interactions(guarded, limit);
      exportRoutes(guarded);
      operationRoutes(guarded, limit, bodyLimits.resource);
    });
  };
}

/** What every request must show before anything of it is read: a site, a format we speak, a live token. */
async function authenticated(chart: Chart, request: FastifyRequest): Promise<FastifyRequest['fhir']> {
  const { site: name } = request.params as { site: string };
  const site = requireSite(chart, name);
  requireJsonAnswer(request.headers.accept, queryOf(request).get('_format') ?? undefined);
  const grant = await chart.authenticate(request.headers.authorization, site.name);
  return {
    base: fhirBase(chart.publicUrl, site.name),
    store: site.store,
    conformance: site.conformance,
    indexing: site.indexing,
    operate,
    rights: rightsOf(grant),
    seal: { key: site.cursorKey, boundTo: `${site.name}\n${grant.clientId}` },
    clientId: grant.clientId,
  };
}

function interactions(app: FastifyInstance, limit: ConcurrencyLimit): void {
  const interact = (request: FastifyRequest, reply: FastifyReply) =>
    limit.run(request.fhir.clientId, async () => {
      const answer = await dispatch(fhirRequest(request), request.fhir);
      const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
      const minimal = isWrite && preferOf(request.headers.prefer).minimal;
      return send(reply, answer, request.fhir.base, minimal);
    });

  app.post('/', { bodyLimit: bodyLimits.bundle }, (request, reply) =>
    limit.run(request.fhir.clientId, async () => {
      requireJsonBody(request.headers);
      const { handling } = preferOf(request.headers.prefer);
      const answer = await bundle(parseBundle(textOf(request), { base: request.fhir.base }), handling, request.fhir);
      return send(reply, answer, request.fhir.base);
    }),
  );
  app.get('/:type', interact);
  app.post('/:type', { bodyLimit: bodyLimits.resource }, interact);
  app.post('/:type/_search', { bodyLimit: bodyLimits.form }, interact);
  app.get('/:type/:id', interact);
  app.put('/:type/:id', { bodyLimit: bodyLimits.resource }, interact);
  app.delete('/:type/:id', interact);
  app.get('/:type/:id/_history', interact);
  app.get('/:type/:id/_history/:versionId', interact);
  app.setNotFoundHandler(() => {
    throw new FhirError(404, [
      issue('not-supported', 'There is nothing at this path and method. See metadata for what there is.'),
    ]);
  });
}

/** Bulk export is refused to whom no `system/` scope opens anything, and is not there yet for the others. */
function exportRoutes(app: FastifyInstance): void {
  for (const path of ['/$export', '/Patient/$export', '/Group/:id/$export']) {
    app.route({
      method: ['GET', 'POST'],
      url: path,
      handler: (request) => {
        request.fhir.rights.require({ code: 'search-type', type: 'Patient', query: exportQuery });
        throw new FhirError(501, [issue('not-supported', 'Bulk export is not available on this server yet.')]);
      },
    });
  }
}

const exportQuery = { type: 'Patient', criteria: [], include: [], revinclude: [], sort: [], count: 0 };

function metadata(chart: Chart, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { site: name } = request.params as { site: string };
  const site = requireSite(chart, name);
  requireJsonAnswer(request.headers.accept, queryOf(request).get('_format') ?? undefined);
  const oauth = `${chart.publicUrl}/oauth2/${site.name}`;
  const base = fhirBase(chart.publicUrl, site.name);
  const { parameters } = site.conformance;
  const endpoints = { token: `${oauth}/token`, register: `${oauth}/registration` };
  return send(reply, capabilities({ base, parameters, operations, oauth: endpoints }), base);
}

/** The request as the interactions understand it; a body is parsed and validated here. */
function fhirRequest(request: FastifyRequest): FhirRequest {
  const method = (request.method === 'HEAD' ? 'GET' : request.method) as FhirRequest['method'];
  const params = request.params as { type: string; id?: string; versionId?: string };
  requireType(params.type);
  const isSearch = method === 'POST' && request.url.split('?')[0]!.endsWith('/_search');
  const hasHistory = request.routeOptions.url?.includes('/_history') ?? false;
  const path = [params.type, isSearch ? '_search' : params.id, hasHistory ? '_history' : undefined, params.versionId];
  const ifMatch = ifMatchVersion(request.headers['if-match']);
  const ifNoneExist = request.headers['if-none-exist'];
  return {
    method,
    path: path.filter((segment) => segment !== undefined),
    query: [...queryOf(request), ...(isSearch ? formOf(request) : [])],
    ...((method === 'POST' && !isSearch) || method === 'PUT' ? { content: contentOf(request) } : {}),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(typeof ifNoneExist === 'string' ? { ifNoneExist } : {}),
    handling: preferOf(request.headers.prefer).handling,
  };
}

function contentOf(request: FastifyRequest): Content {
  requireJsonBody(request.headers);
  const content = parseResource(textOf(request));
  const issues = validate(content.resource);
  if (issues.some((found) => found.severity === 'error' || found.severity === 'fatal'))
    throw new FhirError(400, issues);
  return content;
}

function formOf(request: FastifyRequest): URLSearchParams {
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw badRequest('A search by POST sends its parameters as application/x-www-form-urlencoded.');
  }
  return new URLSearchParams(textOf(request));
}
