import type { z } from 'zod';
import { check, type Endpoint, endpoint, type Step } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, parameter, privateJson } from '../oauth/exchange.ts';
import { limitFailures } from '../oauth/form.ts';
import { readJsonObject } from '../oauth/json.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

type Body = Readonly<Record<string, unknown>>;

export type ApiEndpoint = {
  readonly name: string;
  readonly method: Method;
  /** Of the body; an empty one is read as `{}`. Without a schema nothing is read. */
  readonly body?: z.ZodType<Body>;
  readonly steps?: readonly Step[];
  readonly answer: (x: Exchange) => GateAnswer | Promise<GateAnswer>;
};

/**
 * An endpoint of the account API. The members of its body are read as the fields of a page's form are, by `parameter`: a text
 * as it is, an object as its JSON. The body as a whole is read by `bodyOf`.
 */
export function api({ name, method, body, steps = [], answer }: ApiEndpoint): Endpoint {
  return endpoint(name, [requireMethod(method), ...(body ? [requireBody(body)] : []), ...steps], answer);
}

/** Those of strangers: one address is not refused again and again at leisure. */
export const strangers: readonly Step[] = [limitFailures];

/** Endpoints of one path by their methods. */
export function byMethod(endpoints: Readonly<Partial<Record<Method, Endpoint>>>): Endpoint {
  const allow = Object.keys(endpoints).join(', ');
  return async (gate, request) => {
    const chosen = endpoints[request.method as Method];
    return chosen ? chosen(gate, request) : refusalAnswer(new OAuthError('method', { headers: { allow } }));
  };
}

const requireMethod = (method: Method) =>
  check(`method is ${method}`, ({ request }) => {
    if (request.method !== method) throw new OAuthError('method', { headers: { allow: method } });
  });

const bodies = new WeakMap<Exchange, unknown>();

/** A JSON body. Its type is one that no page of another origin may send without asking first. */
const requireBody = (schema: z.ZodType<Body>) =>
  check('body is as it should be', (x) => {
    const isEmpty = x.request.body === '';
    const type = x.request.headers['content-type'] ?? '';
    if (!isEmpty && !/^application\/([\w.-]+\+)?json\b/i.test(type)) {
      throw new OAuthError('account-request', {
        description: 'The body must be JSON: Content-Type: application/json.',
      });
    }
    const json = isEmpty ? {} : readJsonObject(x.request.body);
    if (typeof json === 'string') throw new OAuthError('account-request', { description: json });
    const read = schema.safeParse(json);
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = issue?.path.join('.') || 'The body';
      throw new OAuthError('account-request', {
        description: `${where}: ${issue?.message ?? 'cannot be understood'}.`,
      });
    }
    bodies.set(x, read.data);
    x.form = new Map(
      Object.entries(read.data).flatMap(([name, value]) => {
        if (typeof value === 'string') return [[name, value] as const];
        return typeof value === 'object' ? [[name, JSON.stringify(value)] as const] : [];
      }),
    );
  });

/** The body, once the endpoint has read it by this schema. */
export function bodyOf<T>(x: Exchange, _schema: z.ZodType<T>): T {
  if (!bodies.has(x)) throw new TypeError('The endpoint reads no body');
  return bodies.get(x) as T;
}

/** A text of the body; empty where it is not there. */
export function member(x: Exchange, name: string): string {
  return parameter(x, name) ?? '';
}

/** An answer without anything to say. */
export const done: GateAnswer = { status: 204, headers: { 'cache-control': 'no-store' }, body: undefined };

/** An answer in JSON as the schema has it. */
export function json<T>(
  status: number,
  schema: z.ZodType<T>,
  value: T,
  headers: GateAnswer['headers'] = {},
): GateAnswer {
  const answer = privateJson(status, schema.parse(value));
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
