import type { z } from 'zod';
import { check, type Endpoint, endpoint, type Step } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, parameter, privateJson } from '../oauth/exchange.ts';
import { limitFailures } from '../oauth/form.ts';
import { readJsonObject } from '../oauth/json.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';

type Method = 'GET' | 'POST' | 'DELETE';

export type ApiEndpoint = {
  readonly name: string;
  readonly method: Method;
  /** Of the body, whose members are strings. Without one nothing is read. */
  readonly body?: z.ZodType<Readonly<Record<string, unknown>>>;
  readonly steps?: readonly Step[];
  readonly answer: (x: Exchange) => GateAnswer | Promise<GateAnswer>;
};

/** An endpoint of the account API. The members of its body are read as the fields of a page's form are: by `parameter`. */
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

/** A JSON body. Its type is one that no page of another origin may send without asking first. */
const requireBody = (schema: z.ZodType<Readonly<Record<string, unknown>>>) =>
  check('body is as it should be', (x) => {
    const type = x.request.headers['content-type'] ?? '';
    if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
      throw new OAuthError('account-request', {
        description: 'The body must be JSON: Content-Type: application/json.',
      });
    }
    const json = readJsonObject(x.request.body);
    if (typeof json === 'string') throw new OAuthError('account-request', { description: json });
    const read = schema.safeParse(json);
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = issue?.path.join('.') || 'The body';
      throw new OAuthError('account-request', {
        description: `${where}: ${issue?.message ?? 'cannot be understood'}.`,
      });
    }
    x.form = new Map(
      Object.entries(read.data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  });

/** A member of the body; empty where it is not there. */
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
