import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { GateAct } from '../audit/event.ts';
import { auditAdminRefusal, requireAdmin } from '../clients/admin.ts';
import { installPackage, listPackages, type PackageAdministration, removePackage } from '../clients/admin-packages.ts';
import { administratorOf, identifyAdmin } from '../clients/administrator.ts';
import { packageLimits } from '../conformance/package/limits.ts';
import type { GateAnswer } from '../oauth/exchange.ts';
import { privateJson } from '../oauth/exchange.ts';
import type { Gate } from '../oauth/gate.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';

/** Archives that are read at the same time; each may take its size in memory. */
const atOnce = 2;

const path = '/apis/:site/admin/packages';

/**
 * The administrators' endpoints for FHIR packages. Unlike the others of the admin API they take a large body, so nothing
 * of it is read before the administrator's token is.
 */
export function packageRoutes(
  gate: Gate,
  administrationOf: (site: string) => PackageAdministration | undefined,
): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: packageLimits.archive }, (_request, body, done) => {
      done(null, body);
    });
    app.addHook('onRequest', async (request) => {
      await requireAdmin(gate, { site: siteOf(request), headers: request.headers as Record<string, string> });
    });
    app.setErrorHandler((error, request, reply) => {
      if (error instanceof OAuthError) {
        auditAdminRefusal(gate, { site: siteOf(request), remoteAddress: request.ip }, error);
      }
      return send(reply, answerTo(gate, error));
    });

    const administration = (request: FastifyRequest) => {
      const found = administrationOf(siteOf(request));
      if (found) return found;
      throw new OAuthError('unknown-site');
    };
    let reading = 0;

    app.get(path, async (request, reply) => send(reply, privateJson(200, await listPackages(administration(request)))));
    app.post(path, { bodyLimit: packageLimits.archive }, async (request, reply) => {
      if (reading >= atOnce) throw new OAuthError('unavailable', { headers: { 'retry-after': '5' } });
      reading += 1;
      try {
        const archive = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const body = await installPackage(administration(request), archive, queryOf(request));
        await audited(gate, request, { act: 'package-installed', package: `${body.name}#${body.version}` });
        return send(reply, privateJson(body.outcome === 'installed' ? 201 : 200, body));
      } finally {
        reading -= 1;
      }
    });
    app.delete(`${path}/:name/:version`, async (request, reply) => {
      const { name, version } = request.params as { name: string; version: string };
      const removed = await removePackage(administration(request), { name, version });
      await audited(gate, request, { act: 'package-removed', package: `${name}#${version}` });
      return send(reply, privateJson(200, removed));
    });
  };
}

async function audited(gate: Gate, request: FastifyRequest, act: GateAct): Promise<void> {
  const asked = {
    site: siteOf(request),
    headers: request.headers as Record<string, string>,
    remoteAddress: request.ip,
  };
  const { site, by } = await identifyAdmin(gate, asked);
  await gate.audit.record(site.name, { ...administratorOf({ by, request: asked }), ...act });
}

function siteOf(request: FastifyRequest): string {
  return (request.params as { site: string }).site;
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const mark = request.url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1));
}

function send(reply: FastifyReply, { status, headers, body }: GateAnswer): FastifyReply {
  reply.code(status).headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', ...headers });
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function answerTo(gate: Gate, error: unknown): GateAnswer {
  if (error instanceof OAuthError) return refusalAnswer(error);
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) {
    return refusalAnswer(
      new OAuthError('package', { description: `An archive may have ${packageLimits.archive} bytes.` }),
    );
  }
  if (statusCode >= 400 && statusCode < 500) return refusalAnswer(new OAuthError('unreadable'));
  gate.log.error(error, 'a request about packages failed');
  return refusalAnswer(new OAuthError('failure'));
}
