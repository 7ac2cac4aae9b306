import type { FastifyReply } from 'fastify';
import type { Answer } from '../interaction/answer.ts';

/** Puts an interaction's answer on the wire. Nothing of a chart is cached by what lies between. */
export function send(reply: FastifyReply, answer: Answer, base: string, minimal = false): FastifyReply {
  reply.code(answer.status).header('cache-control', 'no-store');
  if (answer.version !== undefined) reply.header('etag', `W/"${answer.version}"`);
  if (answer.lastModified !== undefined) reply.header('last-modified', new Date(answer.lastModified).toUTCString());
  if (answer.location !== undefined) reply.header('location', `${base}/${answer.location}`);
  if (answer.body === undefined || minimal) return reply.send();
  return reply.type('application/fhir+json; charset=utf-8').send(answer.body);
}
