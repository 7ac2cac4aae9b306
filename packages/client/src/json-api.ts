import { OAuthError, UnexpectedAnswer } from './errors.ts';
import { type CallOptions, exchange, isObject } from './http.ts';

/** A JSON API of a Chartgate below one address. Every call throws {OAuthError} when refused. */
export type JsonApi = {
  readonly root: string;
  /** @param most ms for all of it; as long as a small answer may take where it is not given */
  readonly request: (path: string, init?: RequestInit, most?: number) => Promise<Record<string, unknown>>;
  readonly get: (
    path: string,
    query?: Readonly<Record<string, string | undefined>>,
  ) => Promise<Record<string, unknown>>;
  /** Sends a body as JSON. @param method (Default: POST) */
  readonly send: (path: string, body: object, method?: string) => Promise<Record<string, unknown>>;
  readonly remove: (path: string) => Promise<void>;
};

/**
 * @param root such as `https://clinic.example/apis/default/admin`
 * @param token that opens it; undefined where `options.fetch` shows who asks, as in the server's own pages
 */
export function jsonApi(root: string, token: string | undefined, options: CallOptions = {}): JsonApi {
  const request: JsonApi['request'] = async (path, init = {}, most) => {
    const url = `${root}/${path}`;
    const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { accept: 'application/json', ...bearer, ...init.headers };
    const { response, body } = await exchange(url, { ...init, headers }, options, most);
    if (!response.ok) throw new OAuthError(url, response.status, isObject(body) ? body : {});
    if (isObject(body)) return body;
    if (response.status === 204) return {};
    throw new UnexpectedAnswer(url, response.status, 'expected JSON from the API of a Chartgate');
  };
  return {
    root,
    request,
    get: (path, query = {}) => {
      const asked = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
      return request(asked.length > 0 ? `${path}?${new URLSearchParams(asked)}` : path);
    },
    send: (path, body, method = 'POST') =>
      request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    async remove(path) {
      await request(path, { method: 'DELETE' });
    },
  };
}

/** Where an API of a site is. @param base public URL of the server @param site such as `default` */
export function apiRoot(base: string, site: string, api: 'admin' | 'account'): string {
  return `${base.replace(/\/+$/, '')}/apis/${encodeURIComponent(site)}/${api}`;
}

/** A member of an answer that is a list; empty where it is none. */
export function listed<T>(answer: Readonly<Record<string, unknown>>, member: string): readonly T[] {
  const list = answer[member];
  return Array.isArray(list) ? list : [];
}
