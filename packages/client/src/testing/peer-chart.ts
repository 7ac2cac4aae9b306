import type { PeerSetting } from './peer.ts';
import { json } from './peer-gate.ts';

type Stored = { readonly resourceType: string; readonly id: string; readonly [member: string]: unknown };
type Sent = { readonly resourceType: string; readonly id?: string; readonly bad?: string };
type SentEntry = { readonly resource: Sent; readonly request: { readonly method: string; readonly url: string } };

export type PeerChart = {
  readonly resources: Stored[];
  /** The text of every Bundle that was stored. */
  readonly bundles: string[];
  readonly answer: (request: Request, path: string) => Promise<Response>;
};

/** The FHIR half of the peer. A resource with a member `bad` is refused. @param holds whether a request may pass */
export function peerChart(setting: PeerSetting, holds: (request: Request) => boolean): PeerChart {
  const resources: Stored[] = [];
  const bundles: string[] = [];

  function search(request: Request, type: string): Response {
    const url = new URL(request.url);
    const at = Number(url.searchParams.get('at') ?? 0);
    const count = Math.min(setting.pageSize, Number(url.searchParams.get('_count') ?? setting.pageSize));
    const found = resources.filter(({ resourceType }) => resourceType === type);
    url.searchParams.set('at', String(at + count));
    const next = at + count < found.length ? [{ relation: 'next', url: url.href }] : [];
    const entry = found.slice(at, at + count).map((resource) => ({ resource, search: { mode: 'match' } }));
    return fhir(200, { resourceType: 'Bundle', type: 'searchset', total: found.length, link: next, entry });
  }

  function store({ resource, request }: SentEntry): object {
    if (resource.bad) return { status: '400', outcome: outcome('invalid', resource.bad) };
    const id = request.method === 'PUT' ? request.url.split('/')[1]! : `${resources.length + 1}`;
    const at = resources.findIndex((one) => one.resourceType === resource.resourceType && one.id === id);
    if (at >= 0) resources.splice(at, 1);
    resources.push({ ...resource, id });
    return { status: at >= 0 ? '200' : '201', location: `${resource.resourceType}/${id}/_history/1` };
  }

  async function bundle(request: Request): Promise<Response> {
    const text = await request.text();
    const { type, entry = [] } = JSON.parse(text) as { readonly type: string; readonly entry?: readonly SentEntry[] };
    const bad = entry.findIndex(({ resource }) => resource.bad);
    if (type === 'transaction' && bad >= 0) {
      return fhir(400, outcome('invalid', entry[bad]!.resource.bad!, `Bundle.entry[${bad}].resource`));
    }
    bundles.push(text);
    const answers = entry.map((one) => ({ response: store(one) }));
    return fhir(200, { resourceType: 'Bundle', type: `${type}-response`, entry: answers });
  }

  return {
    resources,
    bundles,
    async answer(request, path) {
      if (path === '/.well-known/smart-configuration') return json(200, configuration(setting));
      if (!holds(request)) return fhir(401, outcome('login', 'No live token'));
      if (path === '' && request.method === 'POST') return bundle(request);
      const [, type = '', id] = path.split('/');
      if (id === undefined) return search(request, type);
      const found = resources.find((resource) => resource.resourceType === type && resource.id === id);
      return found ? fhir(200, found) : fhir(404, outcome('not-found', `${type}/${id} is not here`));
    },
  };
}

function configuration(setting: PeerSetting): object {
  return {
    issuer: setting.oauth,
    token_endpoint: `${setting.oauth}/token`,
    registration_endpoint: `${setting.oauth}/registration`,
    capabilities: ['client-confidential-asymmetric'],
    scopes_supported: ['system/*.rs'],
  };
}

const fhir = (status: number, body: object) => json(status, body, { 'content-type': 'application/fhir+json' });

function outcome(code: string, diagnostics: string, expression?: string): object {
  const issue = { severity: 'error', code, diagnostics, ...(expression ? { expression: [expression] } : {}) };
  return { resourceType: 'OperationOutcome', issue: [issue] };
}
