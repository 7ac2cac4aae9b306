import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BundleJson, bundleOf, nextLink, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let token: string;
before(async () => {
  server = await runningServer();
  token = await server.token('system/*.cruds');
});
after(() => server.close());

const clients = 6;
const turns = 40;
const ids = ['a', 'b', 'c', 'd'];
const system = 'http://mrn.example';

/** A version as somebody was told that it is: by the answer to a write, or by a history. `marker`: what it holds. */
type Told = { readonly version: number; readonly marker: string };

/** Random numbers that are the same in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const versionOf = (answer: Response) => Number(/\d+/.exec(answer.headers.get('etag') ?? '')?.[0]);
const patient = (id: string, marker: string) =>
  JSON.stringify({ resourceType: 'Patient', id, identifier: [{ system, value: id }], name: [{ family: marker }] });
const familyOf = (resource: unknown) => (resource as { name?: { family: string }[] }).name?.[0]?.family ?? '';

/** What one client wrote, by id; it looks on the way that nothing it sees goes back. */
async function client(number: number): Promise<Map<string, Told[]>> {
  const random = randomOf(number + 1);
  const wrote = new Map<string, Told[]>(ids.map((id) => [id, []]));
  const seen = new Map<string, number>();
  const see = (id: string, version: number) => {
    assert.ok(version >= (seen.get(id) ?? 0), `${id} went back from ${seen.get(id)} to ${version}`);
    seen.set(id, version);
  };
  const ask = (path: string, method: string, body?: string, headers: Record<string, string> = {}) =>
    server.ask(path, token, { method, headers, ...(body === undefined ? {} : { body }) });
  const write = async (id: string, marker: string, answer: Response) => {
    await answer.arrayBuffer();
    assert.ok([200, 201, 204, 404, 409, 410, 412].includes(answer.status), String(answer.status));
    if (answer.status >= 400) return;
    see(id, versionOf(answer));
    wrote.get(id)?.push({ version: versionOf(answer), marker });
  };
  for (let turn = 0; turn < turns; turn++) {
    const id = ids[random(ids.length)] ?? 'a';
    const marker = `M${number}x${turn}`;
    const known = { 'if-match': `W/"${seen.get(id) ?? 1}"` };
    const patch = JSON.stringify([{ op: 'add', path: '/name', value: [{ family: marker }] }]);
    const asPatch = { 'content-type': 'application/json-patch+json' };
    const [step] = [random(7)];
    if (step === 0) await write(id, marker, await ask(`Patient/${id}`, 'PUT', patient(id, marker)));
    if (step === 1) await write(id, marker, await ask(`Patient/${id}`, 'PUT', patient(id, marker), known));
    if (step === 2) await write(id, marker, await ask(`Patient/${id}`, 'PATCH', patch, asPatch));
    if (step === 3)
      await write(id, marker, await ask(`Patient?identifier=${system}|${id}`, 'PUT', patient(id, marker)));
    if (step === 4) {
      const entry = [{ resource: JSON.parse(patient(id, marker)), request: { method: 'PUT', url: `Patient/${id}` } }];
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
      const [{ response }] = (await bundleOf(await ask('', 'POST', body))).entry as unknown as [
        { response: { etag: string } },
      ];
      const version = Number(/\d+/.exec(response.etag)?.[0]);
      see(id, version);
      wrote.get(id)?.push({ version, marker });
    }
    if (step === 5) {
      const answer = await ask(`Patient/${id}`, 'DELETE', undefined, known);
      if (answer.status === 204) see(id, versionOf(answer));
    }
    if (step === 6) {
      const answer = await ask(`Patient/${id}`, 'GET');
      if (answer.status === 200) see(id, versionOf(answer));
      await answer.arrayBuffer();
    }
  }
  return wrote;
}

async function everyVersion(path: string): Promise<{ id: string; method: string; told: Told }[]> {
  const found: { id: string; method: string; told: Told }[] = [];
  for (let next = `${path}?_count=17`; next !== ''; ) {
    const page: BundleJson = await bundleOf(await server.ask(next, token));
    for (const one of page.entry ?? []) {
      const { fullUrl, request, response, resource } = one as unknown as {
        fullUrl: string;
        request: { method: string };
        response: { etag: string };
        resource?: object;
      };
      const told = { version: Number(/\d+/.exec(response.etag)?.[0]), marker: familyOf(resource ?? {}) };
      found.push({ id: fullUrl.split('/').at(-1) ?? '', method: request.method, told });
    }
    next = nextLink(page);
  }
  return found;
}

test('what many clients were told they wrote is what read, search and history say, and nothing else', async () => {
  const started = Date.now();
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  let done = false;
  void running.finally(() => {
    done = true;
  });
  while (!done) {
    const keys = (await everyVersion('Patient/_history')).map(({ id, told }) => `${id}/${told.version}`);
    assert.equal(new Set(keys).size, keys.length, 'a page repeats a version while others write');
  }
  const wrote = await running;
  const ofType = await everyVersion('Patient/_history');
  for (const id of ids) {
    const versions = await everyVersion(`Patient/${id}/_history`);
    assert.deepEqual(
      versions.map(({ told }) => told.version),
      versions.map((_, i) => versions.length - i),
      'without a gap',
    );
    assert.deepEqual(
      ofType.filter((one) => one.id === id),
      versions,
      'the type says the same',
    );
    const kept = new Map(
      versions.filter(({ method }) => method !== 'DELETE').map(({ told }) => [told.version, told.marker]),
    );
    const told = wrote.flatMap((one) => one.get(id) ?? []);
    assert.deepEqual(
      new Map(told.toSorted((a, b) => b.version - a.version).map((one) => [one.version, one.marker])),
      kept,
    );
    const [newest] = versions;
    const read = await server.ask(`Patient/${id}`, token);
    assert.equal(read.status, newest?.method === 'DELETE' ? 410 : newest ? 200 : 404);
    if (read.status === 200) assert.equal(familyOf(await read.json()), newest?.told.marker);
    for (const marker of new Set(told.map((one) => one.marker))) {
      const found = (await bundleOf(await server.ask(`Patient?_id=${id}&family:exact=${marker}&_summary=count`, token)))
        .total;
      assert.equal(found, read.status === 200 && marker === newest?.told.marker ? 1 : 0, marker);
    }
  }
  assert.ok(Date.now() - started < 60_000);
});
