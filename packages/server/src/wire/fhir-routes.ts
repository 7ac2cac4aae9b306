import { FhirError, issue, parseBundle } from '@chartgate/fhir';
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { identityOf, requireSameSite, rightsOf } from '../access/rights.ts';
import { bundle } from '../interaction/bundle.ts';
import { capabilities } from '../interaction/capabilities.ts';
import { dispatch, noSuchPath } from '../interaction/dispatch.ts';
import type { FhirContext } from '../interaction/request.ts';
import { oauthUris } from '../oauth/discovery.ts';
import { operate } from '../operation/operate.ts';
import { operations } from '../operation/operations.ts';
import { auditRequests } from './audit.ts';
import { sendRaw, wantsRaw } from './binary.ts';
import { type Chart, fhirBase, requireSite } from './chart.ts';
import { compressAnswers } from './compress.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { fhirRequest } from './fhir-request.ts';
import { preferOf, requireJsonAnswer, requireJsonBody } from './negotiate.ts';
import { operationRoutes } from './operation-routes.ts';
import { allowOptions, methods } from './options.ts';
import { formatOf, utf8Of } from './request.ts';
import { send } from './send.ts';

/** Bytes that a body may have. A bundle may hold a whole record; a single resource with attachments is smaller. */
const bodyLimits = { resource: 8 * 1024 * 1024, bundle: 48 * 1024 * 1024, form: 64 * 1024 };

/** What a page of another origin may read beside the body: nothing here depends on a cookie. */
const exposedHeaders = [
  ...['ETag', 'Last-Modified', 'Location', 'Content-Location', 'WWW-Authenticate', 'Retry-After', 'Allow'],
  ...['X-Security-Context', 'Content-Disposition'],
];

/** Where interactions are, below the base. What methods each takes, the table of `dispatch` says. */
const paths = [
  '/_search',
  '/_history',
  '/:type',
  '/:type/_history',
  '/:type/_search',
  '/:type/:id',
  '/:type/:id/:inside',
  '/:type/:id/:inside/_search',
  '/:type/:id/_history',
  '/:type/:id/_history/:versionId',
];

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the token is verified, before the body is read. */
    fhir: FhirContext & { readonly clientId: string };
  }
}

/** The FHIR API of every site, to be mounted at `/apis/:site/fhir`. @see https://hl7.org/fhir/R4/http.html */
export function fhirRoutes(chart: Chart, limit: ConcurrencyLimit): FastifyPluginAsync {
  return async (app) => {
    allowOptions(app);
    await app.register(cors, { origin: '*', methods: [...methods], exposedHeaders, strictPreflight: false });
    auditRequests(app, chart.audit);
    compressAnswers(app);
    app.get('/metadata', (request, reply) => metadata(chart, request, reply));
    await app.register(async (guarded) => {
      // Bodies stay as they were sent: the chart keeps text as written, and raw content is none.
      guarded.removeAllContentTypeParsers();
      guarded.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      guarded.decorateRequest('fhir', null as never);
      guarded.addHook('onRequest', async (request) => {
        request.fhir = await authenticated(chart, request);
      });
      bundles(guarded, limit);
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
  if (!wantsRaw(request)) requireJsonAnswer(request.headers.accept, formatOf(request));
  const grant = await chart.authenticate(request.headers.authorization, site.name);
  requireSameSite(grant, site.name);
  request.audited = { grant };
  if (chart.audit.audit.isFull(site.name)) throw auditIsFull();
  return {
    base: fhirBase(chart.publicUrl, site.name),
    store: site.store,
    conformance: site.conformance,
    validation: site.validation,
    indexing: site.indexing,
    operate,
    rights: rightsOf(grant),
    seal: { key: site.cursorKey, boundTo: identityOf(grant) },
    clientId: grant.clientId,
  };
}

/** What cannot be written down is not begun. */
function auditIsFull(): FhirError {
  return new FhirError(503, [
    issue('transient', 'The audit cannot be written at the moment. Try again in a few seconds.'),
  ]);
}

function interactions(app: FastifyInstance, limit: ConcurrencyLimit): void {
  const interact = (request: FastifyRequest, reply: FastifyReply) =>
    limit.run(request.fhir.clientId, async () => {
      const answer = await dispatch(fhirRequest(request), request.fhir);
      Object.assign(request.audited ?? {}, { written: answer.written });
      if (wantsRaw(request) && answer.status === 200) return sendRaw(reply, answer);
      return send(reply, answer, request.fhir.base, preferOf(request.headers.prefer).returns);
    });
  app.get('/', interact);
  for (const url of paths) {
    const bodyLimit = url.endsWith('/_search') ? bodyLimits.form : bodyLimits.resource;
    app.route({ method: [...methods].filter((method) => method !== 'HEAD'), url, bodyLimit, handler: interact });
  }
  app.setNotFoundHandler(() => {
    throw noSuchPath();
  });
}

function bundles(app: FastifyInstance, limit: ConcurrencyLimit): void {
  app.post('/', { bodyLimit: bodyLimits.bundle }, (request, reply) =>
    limit.run(request.fhir.clientId, async () => {
      requireJsonBody(request.headers);
      const { handling, returns = 'minimal' } = preferOf(request.headers.prefer);
      const read = parseBundle(utf8Of(request), { base: request.fhir.base });
      Object.assign(request.audited ?? {}, { interaction: read.type });
      const answer = await bundle(read, { handling, returns }, request.fhir);
      Object.assign(request.audited ?? {}, { written: answer.written });
      return send(reply, answer, request.fhir.base);
    }),
  );
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
  requireJsonAnswer(request.headers.accept, formatOf(request));
  const base = fhirBase(chart.publicUrl, site.name);
  const addresses = oauthUris(chart.publicUrl, site.name);
  return send(reply, capabilities({ base, conformance: site.conformance, operations, oauthUris: addresses }), base);
}
