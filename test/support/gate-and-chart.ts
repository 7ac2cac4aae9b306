import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { authenticateBearer } from '../../packages/server/src/oauth/bearer.ts';
import { resourceStore } from '../../packages/server/src/store/postgres/resource-store.ts';
import { testDatabase } from '../../packages/server/src/testing/database.ts';
import { publicUrl, type TestGate, testGate } from '../../packages/server/src/testing/gate.ts';
import { content, permitted } from '../../packages/server/src/testing/permits.ts';
import { buildApp } from '../../packages/server/src/wire/app.ts';
import { gateRoutes } from '../../packages/server/src/wire/gate-routes.ts';

/** Both faces of the server on a database of its own, called in-process: `after(server.close)`. */
export type GateAndChart = {
  readonly node: TestGate;
  readonly app: FastifyInstance;
  /** Writes a resource as it is, with its id. */
  put(resource: { readonly resourceType: string; readonly id: string }): Promise<void>;
  close(): Promise<void>;
};

export async function gateAndChart(): Promise<GateAndChart> {
  const test = await testDatabase();
  const node = await testGate(test);
  const store = resourceStore(test.database, test.site);
  const { conformance, hashKey } = test.site;
  const indexing = { status: async () => ({ parameters: [], progress: [], unusable: [] }) };
  const site = { name: 'default', store, conformance, validation: 'structure', indexing, cursorKey: hashKey } as const;
  const app = await buildApp({
    chart: {
      publicUrl,
      site: (name) => (name === 'default' ? site : undefined),
      authenticate: (authorization, name) => authenticateBearer(node.gate, authorization, name),
    },
    gate: gateRoutes(node.gate),
    log: pino({ level: 'silent' }),
    maxConcurrency: 100,
    isBehindProxy: false,
  });
  return {
    node,
    app,
    async put(resource) {
      const { resourceType: type, id } = resource;
      const asked = { type, id, content: content(resource) };
      const createPermitted = permitted({ code: 'create', type, content: asked.content });
      await store.write([{ kind: 'update', permitted: permitted({ code: 'update', ...asked }), createPermitted }]);
    },
    async close() {
      await app.close();
      await node.close();
      await test.drop();
    },
  };
}
