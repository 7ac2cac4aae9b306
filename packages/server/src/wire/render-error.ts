import { FhirError, issue, MethodNotAllowed, operationOutcome } from '@chartgate/fhir';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth/oauth-error.ts';

/**
 * The one place where an exception of the FHIR API becomes an answer: an OperationOutcome that says what happened and
 * what to do. What is not ours to explain becomes a 500 with the request's id, under which the log holds the cause.
 */
export function renderFhirError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = asFhirError(error, request);
  if (refusal.status >= 500) request.log.error({ err: error }, 'request failed');
  if (refusal.status === 429 || refusal.status === 503) reply.header('retry-after', '1');
  if (refusal instanceof MethodNotAllowed) reply.header('allow', refusal.allow.join(', '));
  if (error instanceof OAuthError) reply.headers(error.headers);
  return reply
    .code(refusal.status)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .type('application/fhir+json; charset=utf-8')
    .send(JSON.stringify(operationOutcome(refusal.issues)));
}

function asFhirError(error: unknown, request: FastifyRequest): FhirError {
  if (error instanceof FhirError) return error;
  if (error instanceof OAuthError) return new FhirError(error.status, [issue('login', error.message)]);
  const { code, statusCode = 500 } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new FhirError(413, [
      issue('too-long', 'The body is larger than this path takes. Send it in smaller parts.'),
    ]);
  }
  if (statusCode < 500) return new FhirError(statusCode, [issue('invalid', 'The request is not well-formed HTTP.')]);
  return new FhirError(500, [
    issue('exception', `Something failed on the server. Its log has the cause under request ${request.id}.`),
  ]);
}
