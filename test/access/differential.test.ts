import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import { type Random, random } from '../../packages/server/src/store/postgres/search/random.testing.ts';
import {
  type Asked,
  type ChartAnswer,
  type ChartServer,
  chartServer,
} from '../../packages/server/src/testing/chart-server.ts';
import { type Story, shownOnly, storiesOf } from './chart.testing.ts';
import { makers, type RequestMaker } from './makers.testing.ts';
import { asking, type Drawn, type Source, sourceOf, start, urlOf } from './request.testing.ts';
import { terminology } from './resource.testing.ts';
import { type World, worlds } from './world.testing.ts';

/**
 * The proof that nothing leaks: whoever asks a chart with others' records in it gets, byte for byte, what a chart gives
 * that never held them. More of it by hand: `NON_LEAK_QUERIES=20000 npm test -- test/access/differential.test.ts`.
 */
const queries = Number(process.env.NON_LEAK_QUERIES ?? 3000);
const seed = Number(process.env.NON_LEAK_SEED ?? 20260101);

/** Pages of one search that are followed. */
const maxPages = 12;

/** A chart with the number of each id that it gave: the two charts give other ones. */
type Side = { readonly server: ChartServer; readonly ids: Map<string, string> };

// Chance decides the order of ids that are given in one millisecond, in each chart another. Here they are counted.
let given = 0;
mock.method(crypto, 'randomUUID', () => `00000000-0000-4000-8000-${(++given).toString(16).padStart(12, '0')}`);
syncBuiltinESMExports();

for (const [i, world] of worlds.entries()) {
  test(`attack 44–49: ${world.name}: a chart with others in it answers as one without them`, async (t) => {
    const r = random(seed + i);
    mock.timers.enable({ apis: ['Date'], now: start });
    t.after(() => mock.timers.reset());
    const stories = storiesOf(r);
    const whole = await filled(stories, stories);
    t.after(() => whole.server.close());
    const shown = shownOnly(stories, world.isShown);
    const alone = await filled(shown, stories);
    t.after(() => alone.server.close());
    const metadata = JSON.parse((await whole.server.ask('metadata', world.grant)).text);
    const drawn = sourceOf(r, { stories, shown }, metadata);
    const source = world.types ? { ...drawn, types: world.types } : drawn;
    const told = await compare(source, world, [whole, alone], Math.ceil(queries / worlds.length));
    t.diagnostic(told);
  });
}

/** Writes the stories at the same times as in every other chart: `all` gives each its place in time. */
async function filled(stories: readonly Story[], all: readonly Story[]): Promise<Side> {
  const server = await chartServer({ terminology });
  const places = new Map(all.map(({ type, id }, i) => [`${type}/${id}`, i]));
  const most = Math.max(...all.map(({ versions }) => versions.length));
  for (let n = 0; n < most; n++) {
    for (const { type, id, versions } of stories) {
      if (n >= versions.length) continue;
      mock.timers.setTime(start + (n * all.length + (places.get(`${type}/${id}`) ?? 0)) * 1000);
      const version = versions[n];
      if (version) await server.put(version.resource);
      else await server.remove(type, id);
    }
  }
  await server.test.database.writes.query({ text: 'vacuum analyze', values: [] });
  return { server, ids: new Map() };
}

/** Asks both sides until the number is reached. Returns what was asked, for the log. */
async function compare(source: Source, world: World, sides: readonly [Side, Side], number: number): Promise<string> {
  const { r } = source;
  const drawn = makers.filter((maker) => world.writes || !maker.writes);
  const seen = new Map<string, { asked: number; answered: number; full: number }>();
  let answered = 0;
  let full = 0;
  for (let n = 0; n < number; n++) {
    mock.timers.setTime(asking + n * 1000);
    const maker = pickByWeight(r, drawn);
    const request = maker.make(source);
    const difference = await differenceOf(sides, world, request);
    if (difference) {
      const smaller = maker.writes ? request : await shrunk(sides, world, request);
      const told = (await differenceOf(sides, world, smaller)) ?? difference;
      assert.fail(
        `seed ${seed}, query ${n + 1}, ${maker.name}: ${smaller.method ?? 'GET'} ${urlOf(smaller)}\n${smaller.body ?? ''}\n${told}`,
      );
    }
    const [isAnswered, isFull] = [last.status < 300, holdsSomething(last)];
    if (isAnswered) answered++;
    if (isFull) full++;
    const before = seen.get(maker.name) ?? { asked: 0, answered: 0, full: 0 };
    seen.set(maker.name, {
      asked: before.asked + 1,
      answered: before.answered + Number(isAnswered),
      full: before.full + Number(isFull),
    });
  }
  assert.ok(answered > number / 6, `only ${answered} of ${number} requests were answered with success`);
  assert.ok(full > number / 5, `only ${full} of ${number} answers held something`);
  const each = [...seen].map(([name, n]) => `${name} ${n.asked}/${n.answered}/${n.full}`);
  return `${number} requests, ${answered} of them answered 2xx, ${full} held something. Of each kind: ${each.join(', ')}`;
}

/** A resource, a Bundle with resources or a total, or content: not an empty page, nor an outcome alone. */
function holdsSomething({ status, text }: ChartAnswer): boolean {
  if (status >= 300 || text === '' || text.startsWith('{"resourceType":"OperationOutcome"')) return false;
  return !text.startsWith('{"resourceType":"Bundle"') || /"resource":\{|"total":[1-9]/.test(text);
}

/** The first page of the last answer, with others in the chart. */
let last: ChartAnswer;

function pickByWeight(r: Random, all: readonly RequestMaker[]): RequestMaker {
  let at = r() * all.reduce((sum, { weight }) => sum + weight, 0);
  for (const maker of all) {
    at -= maker.weight;
    if (at < 0) return maker;
  }
  throw new Error('There are no makers');
}

/** What the sides answer differently, page by page; undefined where they agree. */
async function differenceOf(sides: readonly [Side, Side], { grant }: World, drawn: Drawn): Promise<string | undefined> {
  const { at: _, query: __, ...rest } = drawn;
  let asked: [Asked, Asked] = [
    { ...rest, path: urlOf(drawn) },
    { ...rest, path: urlOf(drawn) },
  ];
  for (let page = 0; page < maxPages; page++) {
    const answers = await Promise.all(sides.map((side, i) => side.server.ask(asked[i]!, grant)));
    const [whole, alone] = answers as [ChartAnswer, ChartAnswer];
    if (page === 0) last = whole;
    const [seen, expected] = [told(sides[0], whole), told(sides[1], alone)];
    if (seen !== expected) return `page ${page + 1}\nwith others:    ${seen}\nwithout others: ${expected}`;
    const [next, same] = [nextOf(whole), nextOf(alone)];
    if (next === undefined || same === undefined) return undefined;
    asked = [{ path: next }, { path: same }];
  }
  return undefined;
}

const shownHeaders = ['etag', 'last-modified', 'location', 'content-type', 'retry-after'];

/** The answer but for what must differ: cursors, and the ids that the server gives. */
function told({ ids }: Side, { status, headers, text }: ChartAnswer): string {
  const shown = shownHeaders.map((name) => String(headers[name] ?? '')).join(' ');
  return `${status} ${shown} ${text}`
    .replace(/_cursor=[\w.%-]+/g, '_cursor=*')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `new-${ids.size + 1}`;
      ids.set(id, known);
      return known;
    });
}

function nextOf({ text }: ChartAnswer): string | undefined {
  if (!text.startsWith('{"resourceType":"Bundle"')) return undefined;
  const links: { relation: string; url: string }[] = JSON.parse(text).link ?? [];
  return links.find(({ relation }) => relation === 'next')?.url;
}

/** The request without the parameters that the difference does not need. */
async function shrunk(sides: readonly [Side, Side], world: World, drawn: Drawn): Promise<Drawn> {
  let small = drawn;
  for (const pair of drawn.query) {
    const smaller = { ...small, query: small.query.filter((one) => one !== pair) };
    if (await differenceOf(sides, world, smaller)) small = smaller;
  }
  return small;
}
