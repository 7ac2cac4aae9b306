import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

/**
 * Who may import whom. A room is a folder (the longest one that fits), a package name stands for the package.
 * What is not listed for a room is forbidden to it; a room may always import itself.
 */
const server = 'packages/server/src';
const arrows: Record<string, readonly string[]> = {
  'packages/fhir/src': [],
  'packages/client/src': ['jose'],
  'packages/synth/src': [],
  // The app: what an entry needs of another one lies in ui.
  'packages/web/src/ui': ['@chartgate/client', 'npm'],
  'packages/web/src/console': ['packages/web/src/ui', '@chartgate/client', 'npm'],
  'packages/web/src/playground': ['packages/web/src/ui', '@chartgate/client', 'npm'],
  'packages/web/src/portal': ['packages/web/src/ui', '@chartgate/client', 'npm'],
  'packages/cli/src': ['@chartgate/client', '@chartgate/server', 'commander', 'node:'],
  [`${server}/wire`]: [
    `${server}/audit`,
    `${server}/oauth`,
    `${server}/account`,
    `${server}/clients`,
    `${server}/pages`,
    `${server}/web`,
    `${server}/conformance`,
    `${server}/interaction`,
    `${server}/operation`,
    `${server}/access`,
    `${server}/store`,
    '@chartgate/fhir',
    '@fastify/cors',
    'fastify',
    'pino',
    'node:',
  ],
  // Pages are made of nothing of ours; what is in them is their endpoints' business.
  [`${server}/pages`]: ['node:'],
  // The built app's files, and the page that starts it in a browser.
  [`${server}/web`]: [`${server}/pages`, 'node:'],
  [`${server}/oauth`]: [
    `${server}/audit`,
    `${server}/access`,
    `${server}/account`,
    `${server}/clients`,
    `${server}/pages`,
    `${server}/store`,
    '@chartgate/fhir',
    'npm',
    'node:',
  ],
  [`${server}/account`]: [
    `${server}/audit`,
    `${server}/access`,
    `${server}/clients`,
    `${server}/oauth`,
    `${server}/pages`,
    `${server}/store`,
    '@chartgate/fhir',
    'npm',
    'node:',
  ],
  [`${server}/clients`]: [
    `${server}/audit`,
    `${server}/account`,
    `${server}/oauth`,
    `${server}/access`,
    `${server}/conformance`,
    `${server}/store`,
    '@chartgate/fhir',
    'npm',
    'node:',
  ],
  [`${server}/interaction`]: [`${server}/access`, `${server}/store`, '@chartgate/fhir', 'node:'],
  [`${server}/operation`]: [`${server}/interaction`, `${server}/access`, `${server}/store`, '@chartgate/fhir', 'node:'],
  [`${server}/access`]: ['@chartgate/fhir'],
  [`${server}/store`]: [`${server}/access`, `${server}/clients`, '@chartgate/fhir'],
  [`${server}/store/postgres`]: [
    `${server}/store`,
    `${server}/access`,
    `${server}/clients`,
    '@chartgate/fhir',
    'pg',
    'lru-cache',
    'node:',
  ],
  [`${server}/audit`]: [`${server}/access`, `${server}/store`, '@chartgate/fhir', 'lru-cache', 'node:'],
  [`${server}/conformance`]: [`${server}/store`, '@chartgate/fhir', 'lru-cache', 'zod', 'node:'],
  [`${server}/embedded`]: ['node:', 'pg'],
  // The composition root, and what tests stand on.
  [server]: ['*'],
  [`${server}/testing`]: ['*'],
};

type Import = { readonly from: string; readonly target: string };

function roomOf(path: string): string | undefined {
  return Object.keys(arrows)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const statement =
    /^\s*(?:import|export)\s[^;'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(statement)].map((match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    return {
      from: file,
      target: target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target,
    };
  });
}

/** Why an import is wrong, or undefined. */
function wrong({ from, target }: Import): string | undefined {
  const room = roomOf(from);
  if (room === undefined) return `${from} lies in no known room`;
  const allowed = arrows[room]!;
  if (allowed.includes('*')) return undefined;
  if (target.startsWith('packages/')) {
    const targetRoom = roomOf(target);
    const isOpen = targetRoom === room || allowed.some((name) => name === targetRoom);
    return isOpen ? undefined : `${from} must not import ${target}`;
  }
  const isOpen = allowed.some(
    (name) =>
      name === target ||
      (name === 'node:' && target.startsWith('node:')) ||
      (name === 'npm' && !target.startsWith('node:') && !target.startsWith('@chartgate/')),
  );
  return isOpen ? undefined : `${from} must not import ${target}`;
}

const files = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).filter(
  (file) => !/\.(test|testing)\.ts$|\/testing\//.test(file),
);

test('imports follow the arrows of ARCHITECTURE.md', () => {
  assert.ok(files.length > 20, 'the sources were found');
  assert.deepEqual(files.flatMap(importsOf).map(wrong).filter(Boolean), []);
});

test('a wrong arrow is seen', () => {
  for (const [from, target] of [
    ['packages/fhir/src/search/ast.ts', 'node:fs'],
    [`${server}/interaction/read.ts`, `${server}/store/postgres/sql.ts`],
    [`${server}/store/ports.ts`, `${server}/wire/app.ts`],
    [`${server}/access/permit.ts`, `${server}/store/ports.ts`],
    ['packages/cli/src/main.ts', `${server}/main.ts`],
  ] as const) {
    assert.ok(wrong({ from, target }), `${from} → ${target}`);
  }
});
