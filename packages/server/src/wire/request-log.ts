import type { FastifyInstance } from 'fastify';

/**
 * One line a request: method, route, status, time in ms. Neither the query (names, identifiers) nor headers nor bodies
 * are written, so that no token and no patient's data can reach a log.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    });
    done();
  });
}
