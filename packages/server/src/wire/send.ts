import { prettyJson } from '@chartgate/fhir';
import type { FastifyReply } from 'fastify';
import type { Answer } from '../interaction/answer.ts';
import { outcomeOf, type Return } from '../interaction/preference.ts';
import { queryOf } from './request.ts';

/** Puts an interaction's answer on the wire. Nothing of a chart is cached by what lies between. */
export function send(
  reply: FastifyReply,
  answer: Answer,
  base: string,
  returns: Return = 'representation',
): FastifyReply {
  const body = bodyOf(answer, returns);
  const status = answer.status === 204 && body !== undefined ? 200 : answer.status;
  reply.code(status).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  if (answer.version !== undefined) reply.header('etag', `W/"${answer.version}"`);
  if (answer.lastModified !== undefined) reply.header('last-modified', new Date(answer.lastModified).toUTCString());
  if (answer.location !== undefined) reply.header('location', `${base}/${answer.location}`);
  if (body === undefined) return reply.send();
  if (answer.contentLocation !== undefined && returns === 'representation') {
    reply.header('content-location', `${base}/${answer.contentLocation}`);
  }
  return reply.type('application/fhir+json; charset=utf-8').send(isPretty(reply) ? prettyJson(body) : body);
}

/** What a read answers is what was asked for; of a write the client may prefer less, or words about it. */
function bodyOf(answer: Answer, returns: Return): string | undefined {
  const isWrite = answer.outcome !== undefined;
  if (!isWrite || returns === 'representation') return answer.body;
  return returns === 'OperationOutcome' ? outcomeOf(answer) : undefined;
}

/** @see https://hl7.org/fhir/R4/http.html#pretty */
function isPretty({ request }: FastifyReply): boolean {
  return request.url.includes('_pretty=') && queryOf(request).get('_pretty') === 'true';
}
