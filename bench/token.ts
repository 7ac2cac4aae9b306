import { verify } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { metered } from './cpu-meter.ts';
import { type HttpClient, httpClient, requireStatus } from './http-client.ts';
import { type Benchmark, type Measurement, Runs, type Settings } from './measure.ts';
import { postgresLimit } from './postgres-limit.ts';
import { forEach, perSecond } from './rate.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { type ClientKey, newClientKey, signAssertions } from './signed-assertions.ts';

const concurrency = 16;
const assertionsPerSecond = 1000;
const name = `token, RS384 assertion, ${concurrency} at once`;

export const token: Benchmark = {
  name: 'token',
  about: 'client_credentials with a presigned assertion, beside verification alone and beside bare commits',
  run: async (settings) => {
    const server = await startServer();
    try {
      return await measure(settings, server);
    } finally {
      await server.stop();
    }
  },
};

async function measure(settings: Settings, server: ServerProcess): Promise<Measurement[]> {
  const http = httpClient(server.origin, concurrency);
  const key = newClientKey();
  const clientId = await registerClient(server, http, key);
  const limit = await postgresLimit(server.postgres);
  const runs = new Runs();
  for (let run = 0; run < settings.runs; run++) {
    const count = Math.round(settings.seconds * assertionsPerSecond);
    const assertions = await signAssertions(key, clientId, tokenEndpoint(server), count);
    const ours = await metered(server, runs, name, () =>
      forEach(assertions, concurrency, (assertion) => askToken(server, http, assertion)),
    );
    runs.add(name, 'tokens/s', perSecond(ours));
    runs.add('RS384 verification alone, one thread', 'verifications/s', verifications(key, assertions));
    runs.add('commits of one row, 16 connections', 'commits/s', await limit.commits(settings.seconds, 16));
    settings.say(`${name}: ${Math.round(perSecond(ours))}/s`);
  }
  http.close();
  await limit.close();
  return [
    {
      benchmark: 'token',
      ours: runs.series(name),
      limits: runs.some('RS384 verification alone, one thread', 'commits of one row, 16 connections'),
      also: runs.some(`server CPU of ${name}`, `database CPU of ${name}`),
    },
  ];
}

const tokenEndpoint = (server: ServerProcess) => `${server.origin}/oauth2/${server.site}/token`;

async function askToken(server: ServerProcess, http: HttpClient, assertion: string): Promise<number> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/*.read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const answer = await http.send({
    method: 'POST',
    path: `/oauth2/${server.site}/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  requireStatus(answer, 200, 'A token request');
  return 1;
}

/** Registers a backend service, and approves it as the administrator. */
async function registerClient(server: ServerProcess, http: HttpClient, key: ClientKey): Promise<string> {
  const json = { 'content-type': 'application/json' };
  const registration = await http.send({
    method: 'POST',
    path: `/oauth2/${server.site}/registration`,
    headers: json,
    body: JSON.stringify({
      client_name: 'Benchmark',
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      scope: 'system/*.read',
      jwks: { keys: [key.jwk] },
    }),
  });
  const { client_id } = JSON.parse(requireStatus(registration, 201, 'The registration').body) as { client_id: string };
  const approval = await http.send({
    method: 'POST',
    path: `/apis/${server.site}/admin/clients/${client_id}/approve`,
    headers: { ...json, authorization: `Bearer ${server.adminToken}` },
    body: '{}',
  });
  requireStatus(approval, 200, 'The approval');
  return client_id;
}

function verifications(key: ClientKey, assertions: readonly string[]): number {
  const start = performance.now();
  for (const assertion of assertions) {
    const dot = assertion.lastIndexOf('.');
    const signature = Buffer.from(assertion.slice(dot + 1), 'base64url');
    if (!verify('sha384', Buffer.from(assertion.slice(0, dot)), key.public, signature))
      throw new Error('A signature is wrong');
  }
  return assertions.length / ((performance.now() - start) / 1000);
}
