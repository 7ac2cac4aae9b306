import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import type { WebFiles } from '../web/built-files.ts';
import type { Chart } from './chart.ts';
import { concurrencyLimit } from './concurrency-limit.ts';
import { fhirRoutes } from './fhir-routes.ts';
import { type LandingAccounts, landing } from './landing.ts';
import { renderFhirError } from './render-error.ts';
import { logRequests } from './request-log.ts';
import { webRoutes } from './web-routes.ts';

export type AppParts = {
  readonly chart: Chart;
  /** Routes of the gate and of the administrators, below the root. They render their own errors. */
  readonly gate: FastifyPluginAsync;
  /** The web app; undefined: it was not built. */
  readonly web?: WebFiles | undefined;
  readonly log: FastifyBaseLogger;
  /** Requests of one client that may run at the same time. */
  readonly maxConcurrency: number;
  /** A proxy on this machine or its private network says in `X-Forwarded-For` who asks. */
  readonly isBehindProxy: boolean;
  /** Of a demonstration: shown to everybody who opens the root. */
  readonly demoAccounts?: LandingAccounts;
};

/** The whole server as one Fastify instance, not yet listening. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    requestTimeout: 120_000,
    ...(parts.isBehindProxy ? { trustProxy: ['loopback', 'linklocal', 'uniquelocal'] } : {}),
    routerOptions: { maxParamLength: 512 },
  });
  app.removeAllContentTypeParsers();
  // Bodies stay text: the chart keeps them as they were sent, and each endpoint says itself what it takes.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  logRequests(app);
  app.setErrorHandler((error, request, reply) => renderFhirError(error, request, reply));
  // browsers ask for one, and complain of a 404
  app.get('/favicon.ico', (_request, reply) => reply.code(204).header('cache-control', 'max-age=86400').send());
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(landing(parts.chart.publicUrl, parts.demoAccounts)),
  );
  await app.register(fhirRoutes(parts.chart, concurrencyLimit(parts.maxConcurrency)), { prefix: '/apis/:site/fhir' });
  await app.register(parts.gate);
  const { publicUrl, site } = parts.chart;
  const isSite = (name: string) => site(name) !== undefined;
  await app.register(webRoutes({ publicUrl, files: parts.web, defaultSite: 'default', isSite }));
  return app;
}
