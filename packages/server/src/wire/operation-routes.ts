import { parseResource } from '@chartgate/fhir';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperationCall } from '../interaction/operation-call.ts';
import { operate } from '../operation/operate.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { preferOf, requireJsonBody, requirePlain } from './negotiate.ts';
import { queryOf, textOf } from './request.ts';
import { send } from './send.ts';

/** `$operation` on every level. @see https://hl7.org/fhir/R4/operations.html#executing */
export function operationRoutes(app: FastifyInstance, limit: ConcurrencyLimit, bodyLimit: number): void {
  for (const url of ['/$:operation', '/:type/$:operation', '/:type/:id/$:operation']) {
    app.route({
      method: ['GET', 'POST'],
      url,
      bodyLimit,
      handler: (request, reply) =>
        limit.run(request.fhir.clientId, async () =>
          send(reply, await operate(callOf(request), request.fhir), request.fhir.base),
        ),
    });
  }
}

function callOf(request: FastifyRequest): OperationCall {
  const { type, id, operation } = request.params as { type?: string; id?: string; operation: string };
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (request.method === 'POST') requirePlain(request.headers);
  const body = request.method === 'POST' ? textOf(request) : '';
  return {
    name: operation,
    method: request.method === 'POST' ? 'POST' : 'GET',
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    query: [...queryOf(request), ...(isForm ? new URLSearchParams(body) : [])].filter(([name]) => !ofWire.has(name)),
    ...(body === '' || isForm ? {} : { content: contentOf(request, body) }),
    handling: preferOf(request.headers.prefer).handling,
  };
}

/** The wire reads these of every request. */
const ofWire: ReadonlySet<string> = new Set(['_format', '_pretty']);

function contentOf(request: FastifyRequest, body: string) {
  requireJsonBody(request.headers);
  return parseResource(body);
}
