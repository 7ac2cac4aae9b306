import type { Conformance, Resource } from '@chartgate/fhir';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { Grant } from '../access/grant.ts';
import { type Audit, openAudit } from '../audit/audit.ts';
import type { ResourceStore } from '../store/ports.ts';
import { auditStore } from '../store/postgres/audit/audit-store.ts';
import { resourceStore } from '../store/postgres/resource-store.ts';
import { buildApp } from '../wire/app.ts';
import type { ChartSite } from '../wire/chart.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { content, permitted } from './permits.ts';

export const chartUrl = 'https://clinic.example';

/** A request below the FHIR base. `body` is JSON text, or a form where the path ends so. */
export type Asked = {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ChartAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
};

/** The whole FHIR API on a database of its own, where a grant stands for the token that the gate would have verified. */
export type ChartServer = {
  readonly test: TestDatabase;
  readonly store: ResourceStore;
  readonly app: FastifyInstance;
  readonly audit: Audit;
  ask(asked: Asked | string, grant: Grant): Promise<ChartAnswer>;
  /** Writes as it is, whatever the type asks for, with the id that it has. */
  put(resource: Resource & { readonly id: string }): Promise<void>;
  remove(type: string, id: string): Promise<void>;
  close(): Promise<void>;
};

/** @param known what the site knows beside R4's own search parameters */
export async function chartServer(known: Partial<Conformance> = {}): Promise<ChartServer> {
  const test = await testDatabase();
  Object.assign(test.site.conformance, known);
  const store = resourceStore(test.database, test.site);
  const grants = new Map<string, Grant>();
  const site: ChartSite = {
    name: 'default',
    validation: 'structure',
    store,
    conformance: test.site.conformance,
    indexing: { status: async () => ({ parameters: [], progress: [], unusable: [] }) },
    cursorKey: test.site.hashKey,
  };
  const rows = auditStore(test.database, test.site);
  const audit = openAudit({
    store: async () => rows,
    sealingKey: Buffer.alloc(32, 7),
    log: { error: (cause) => console.error(cause) },
    now: Date.now,
  });
  const app = await buildApp({
    chart: {
      publicUrl: chartUrl,
      site: (name) => (name === 'default' ? site : undefined),
      authenticate: async (authorization = '') => {
        const grant = grants.get(authorization);
        if (!grant) throw new Error('The test gave no grant');
        return grant;
      },
      audit: { audit, reads: () => 'soon' },
    },
    gate: async () => {},
    log: pino({ level: 'silent' }),
    maxConcurrency: 100,
    isBehindProxy: false,
  });
  return {
    test,
    store,
    app,
    audit,
    async ask(asked, grant) {
      const { method = 'GET', path, body, headers = {} } = typeof asked === 'string' ? { path: asked } : asked;
      const isForm = path.endsWith('_search');
      const authorization = `Bearer ${tokenOf(grant)}`;
      grants.set(authorization, grant);
      const answer = await app.inject({
        method,
        url: path.startsWith('http') ? path.slice(chartUrl.length) : `/apis/default/fhir/${path}`,
        headers: {
          authorization,
          ...(body === undefined
            ? {}
            : { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/fhir+json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: answer.body };
    },
    async put(resource) {
      const { resourceType: type, id } = resource;
      const asked = { type, id, content: content(resource) };
      await store.write([
        {
          kind: 'update',
          permitted: permitted({ code: 'update', ...asked }),
          createPermitted: permitted({ code: 'create', type, content: asked.content }),
        },
      ]);
    },
    async remove(type, id) {
      await store.write([{ kind: 'delete', permitted: permitted({ code: 'delete', type, id }) }]);
    },
    async close() {
      await app.close();
      await audit.close();
      await test.drop();
    },
  };
}

const tokens = new WeakMap<Grant, number>();
let issued = 0;

function tokenOf(grant: Grant): number {
  const token = tokens.get(grant) ?? ++issued;
  tokens.set(grant, token);
  return token;
}

/** A grant with these scopes, as a verified token would make it. */
export function grantOf(scopes: Grant['scopes'], more: Partial<Grant> = {}): Grant {
  return { site: 'default', clientId: 'test', scopes, expiresAt: Number.MAX_SAFE_INTEGER, ...more };
}
