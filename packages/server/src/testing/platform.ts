import { pino } from 'pino';
import { authenticateBearer } from '../oauth/bearer.ts';
import { resourceStore } from '../store/postgres/resource-store.ts';
import { buildApp } from '../wire/app.ts';
import { chartAuditOf } from '../wire/audit.ts';
import { gateRoutes } from '../wire/gate-routes.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { type Json, publicUrl, type TestGate, type TestGateOptions, testGate } from './gate.ts';
import type { TestResource } from './put-resource.ts';

/** The chart behind the gate, as the server puts them together. */
export type TestPlatform = {
  readonly node: TestGate;
  /** A request to the FHIR API, below its base, with an access token. */
  ask(path: string, token?: string, options?: AskOptions): Promise<FhirAnswer>;
  close(): Promise<void>;
};

export type AskOptions = { readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; readonly body?: object };

export type FhirAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Json;
};

/** One more node of gate and chart on the database. */
export async function testPlatform(
  test: TestDatabase,
  options: TestGateOptions & PlatformLog = {},
): Promise<TestPlatform> {
  const { write, ...gateOptions } = options;
  const node = await testGate(test, gateOptions);
  const site = {
    name: 'default',
    validation: 'structure' as const,
    store: resourceStore(test.database, test.site),
    conformance: test.site.conformance,
    indexing: { status: async () => ({ parameters: [], progress: [], unusable: [] }) },
    cursorKey: test.site.hashKey,
  };
  const app = await buildApp({
    chart: {
      publicUrl,
      site: (name) => (name === 'default' ? site : undefined),
      authenticate: (authorization, name) => authenticateBearer(node.gate, authorization, name),
      audit: chartAuditOf(node.gate),
    },
    gate: gateRoutes(node.gate),
    log: write ? pino({ level: 'trace' }, { write }) : pino({ level: 'silent' }),
    maxConcurrency: 100,
    isBehindProxy: false,
  });
  return {
    node: { ...node, app },
    async ask(path, token, { method = 'GET', body } = {}) {
      const answer = await app.inject({
        method,
        url: path.startsWith('http') ? path.slice(publicUrl.length) : `/apis/default/fhir/${path}`,
        headers: {
          accept: 'application/fhir+json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      const json = answer.body.startsWith('{') ? answer.json() : {};
      return { status: answer.statusCode, headers: answer.headers, json };
    },
    async close() {
      await app.close();
      await node.close();
    },
  };
}

type PlatformLog = { readonly write?: (line: string) => void };

/** A platform on a database of its own: `const { node, ask, close } = await solePlatform(); after(close)`. */
export async function solePlatform(options: TestGateOptions & PlatformLog = {}) {
  const test = await testDatabase();
  const platform = await testPlatform(test, options);
  return {
    ...platform,
    test,
    close: async () => {
      await platform.close();
      await test.drop();
    },
  };
}

/** A patient with an observation and an encounter: `Patient/{id}`, `Observation/{id}-o`, `Encounter/{id}-e`. */
export function patientWithRecord(id: string): readonly TestResource[] {
  const subject = { reference: `Patient/${id}` };
  return [
    { resourceType: 'Patient', id, name: [{ family: id }] },
    { resourceType: 'Observation', id: `${id}-o`, status: 'final', code: { text: 'weight' }, subject },
    {
      resourceType: 'Encounter',
      id: `${id}-e`,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      subject,
    },
  ];
}
