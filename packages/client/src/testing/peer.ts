import { peerAdmin } from './peer-admin.ts';
import { type PeerChart, peerChart } from './peer-chart.ts';
import { type PeerGate, peerGate } from './peer-gate.ts';

/** How the peer behaves. */
export type PeerOptions = {
  /** Public URL (Default: `http://smart.example`). */
  readonly origin?: string;
  /** `chartgate` tells a client's status and keeps tickets; `other` does neither. */
  readonly kind?: 'chartgate' | 'other';
  /** Whether a new client must be approved first. (Default: true) */
  readonly approval?: boolean;
  /** Life of an access token, s. (Default: 300) */
  readonly tokenLife?: number;
  /** Resources a page. (Default: 20) */
  readonly pageSize?: number;
  readonly adminToken?: string;
};

/**
 * A small SMART on FHIR server to test clients against, written apart from the SDK and from Chartgate's own server:
 * registration, signed assertions, tokens, searches with pages, bundles and the administrator's decisions.
 */
export type Peer = {
  readonly fetch: (input: string | Request, init?: RequestInit) => Promise<Response>;
  readonly gate: PeerGate;
  readonly chart: PeerChart;
  /** `METHOD path` of each request, in order. */
  readonly log: string[];
  /** Runs before each request; an answer from it is given instead. */
  intercept: ((request: Request) => Promise<Response | undefined> | Response | undefined) | undefined;
};

/** The data and settings that the peer's parts share. */
export type PeerSetting = Required<PeerOptions> & { readonly fhir: string; readonly oauth: string };

/** Makes a peer. Nothing listens: call its `fetch`, or put it behind a listener. */
export function peer(options: PeerOptions = {}): Peer {
  const origin = options.origin ?? 'http://smart.example';
  const setting: PeerSetting = {
    kind: 'chartgate',
    approval: true,
    tokenLife: 300,
    pageSize: 20,
    adminToken: 'admin-token-of-the-peer',
    ...options,
    origin,
    fhir: `${origin}/apis/default/fhir`,
    oauth: `${origin}/oauth2/default`,
  };
  const gate = peerGate(setting);
  const chart = peerChart(setting, gate.holds);
  const admin = peerAdmin(setting, gate);
  const made: Peer = {
    gate,
    chart,
    log: [],
    intercept: undefined,
    async fetch(input, init) {
      const request = new Request(input, init);
      const path = new URL(request.url).pathname;
      made.log.push(`${request.method} ${path}`);
      const instead = await made.intercept?.(request.clone());
      if (instead) return instead;
      if (path.startsWith('/oauth2/default/')) return gate.answer(request, path.slice('/oauth2/default/'.length));
      if (path.startsWith('/apis/default/admin/')) return admin(request, path.slice('/apis/default/admin/'.length));
      if (path.startsWith('/apis/default/fhir')) return chart.answer(request, path.slice('/apis/default/fhir'.length));
      return new Response('Not here', { status: 404 });
    },
  };
  return made;
}
