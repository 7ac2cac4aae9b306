import type { z } from 'zod';
import { check, type Endpoint, endpoint, type Step } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, privateJson } from '../oauth/exchange.ts';
import { limitFailures } from '../oauth/form.ts';
import { readJsonObject } from '../oauth/json.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** An endpoint of a JSON API: who is refused again and again waits. */
export function jsonEndpoint(
  name: string,
  steps: readonly Step[],
  answer: (x: Exchange) => Promise<GateAnswer>,
): Endpoint {
  return endpoint(name, [limitFailures, ...steps], answer);
}

/** Endpoints of one path by their methods. */
export function methods(endpoints: Readonly<Partial<Record<Method, Endpoint>>>): Endpoint {
  const allow = Object.keys(endpoints).join(', ');
  return async (gate, request) => {
    const chosen = endpoints[request.method as Method];
    return chosen ? chosen(gate, request) : refusalAnswer(new OAuthError('method', { headers: { allow } }));
  };
}

const bodies = new WeakMap<Exchange, unknown>();

/** A JSON body as the schema has it. Its type is one that no page of another origin may send without asking first. */
export function requireBody(schema: z.ZodType) {
  return check('body is as it should be', (x) => {
    if (!/^application\/([\w.-]+\+)?json\b/i.test(x.request.headers['content-type'] ?? '')) {
      throw unreadable('The body must be JSON: Content-Type: application/json.');
    }
    const json = readJsonObject(x.request.body);
    if (typeof json === 'string') throw unreadable(json);
    const read = schema.safeParse(json);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw unreadable(`${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'cannot be understood'}.`);
    }
    bodies.set(x, read.data);
  });
}

const unreadable = (description: string) => new OAuthError('account-request', { description });

/** The body, once `requireBody` has read it by this schema. */
export function bodyOf<T>(x: Exchange, _schema: z.ZodType<T>): T {
  if (!bodies.has(x)) throw new TypeError('No check has read the body');
  return bodies.get(x) as T;
}

/** An answer in JSON as the schema has it. */
export function json<T>(status: number, schema: z.ZodType<T>, value: T): GateAnswer {
  return privateJson(status, schema.parse(value));
}

/** An answer without anything to say. */
export const nothing: GateAnswer = { status: 204, headers: { 'cache-control': 'no-store' }, body: undefined };
