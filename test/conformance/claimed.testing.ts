import { minimalInstance } from '../support/minimal-instance.ts';
import type { RunningServer } from '../support/running-server.ts';

/** What is read of a CapabilityStatement. */
export type Statement = {
  readonly [member: string]: unknown;
  readonly rest: readonly [Rest];
};

export type Rest = {
  readonly [member: string]: unknown;
  readonly resource: readonly ResourceClaims[];
  readonly interaction: readonly { readonly code: string }[];
  readonly operation?: readonly OperationClaim[];
  readonly compartment: readonly string[];
};

export type ResourceClaims = {
  readonly [member: string]: unknown;
  readonly type: string;
  readonly profile: string;
  readonly supportedProfile?: readonly string[];
  readonly interaction: readonly { readonly code: string }[];
  readonly searchParam: readonly { readonly name: string; readonly type: string; readonly definition: string }[];
  readonly searchInclude: readonly string[];
  readonly searchRevInclude: readonly string[];
  readonly operation?: readonly OperationClaim[];
};

export type OperationClaim = { readonly name: string; readonly definition: string };

/** An entry of a batch. `ifMatch` and its like stand in the request. */
export type Asked = { readonly method: string; readonly url: string; readonly [member: string]: unknown };
export type Entry = { readonly request: Asked; readonly resource?: object };

export type Answered = {
  readonly response: { readonly status: string; readonly etag?: string; readonly location?: string };
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever resource was answered
  readonly resource?: any;
};

/** A server whose claims are exercised, many of them by one request. */
export type Exercised = {
  readonly server: RunningServer;
  readonly token: string;
  /** The answers in the order of the entries. */
  batch(entries: readonly Entry[]): Promise<readonly Answered[]>;
};

const batchSize = 200;

export function exercised(server: RunningServer, token: string): Exercised {
  return {
    server,
    token,
    async batch(entries) {
      const all: Answered[] = [];
      for (let at = 0; at < entries.length; at += batchSize) {
        const entry = entries.slice(at, at + batchSize);
        const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
        const headers = { prefer: 'return=representation' };
        const answer = await server.ask('', token, { method: 'POST', body, headers });
        if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
        all.push(...((await answer.json()) as { readonly entry: readonly Answered[] }).entry);
      }
      return all;
    },
  };
}

/** Makes a resource of each type. @returns their ids */
export async function make(chart: Exercised, types: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const answers = await chart.batch(
    types.map((type) => ({ request: { method: 'POST', url: type }, resource: minimalInstance(type) })),
  );
  return new Map(types.map((type, at) => [type, answers[at]?.resource?.id ?? 'not-made']));
}

/** What is asked of each type, by the id of a resource of it. */
export type Ask = (type: string, id: string) => Entry;

export function ask(method: string, url: string, more: object = {}): Entry {
  const { resource, ...request } = more as { readonly resource?: object };
  return { request: { method, url, ...request }, ...(resource === undefined ? {} : { resource }) };
}

/** Asks the same of each type. @returns what was not as it should be */
export async function complaints(
  chart: Exercised,
  ids: ReadonlyMap<string, string>,
  { of, status, is = () => true }: { of: Ask; status: number; is?: (answer: Answered, id: string) => boolean },
): Promise<readonly string[]> {
  const pairs = [...ids];
  const answers = await chart.batch(pairs.map(([type, id]) => of(type, id)));
  return pairs.flatMap(([type, id], at) => {
    const answer = answers[at];
    if (answer?.response.status.startsWith(String(status)) && is(answer, id)) return [];
    const { method, url } = of(type, id).request;
    return [`${method} ${url}: ${JSON.stringify(answer).slice(0, 300)}`];
  });
}
