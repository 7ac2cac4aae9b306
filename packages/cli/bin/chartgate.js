#!/usr/bin/env -S node --conditions=@chartgate/source
// Plain JavaScript that any Node can read: in a source tree the TypeScript behind it needs Node 22.18 or newer and the
// export condition @chartgate/source, so where either is missing this starts itself again with the project's own Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const source = new URL('../src/main.ts', import.meta.url);
const condition = '--conditions=@chartgate/source';
// MB. What a transaction makes is mostly dead when it is answered: with more room it is never copied.
const youngSpace = '--max-semi-space-size=64';

if (!existsSync(source)) await import('../dist/main.js');
else if (isNew(process.versions.node) && process.execArgv.includes(condition)) await import(source.href);
else startAgain(isNew(process.versions.node) ? process.execPath : bundledNode());

function isNew(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** The Node that `npm ci` installed, looked for upwards from here. */
function bundledNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    for (const name of ['node', 'node.exe']) {
      const path = join(folder, 'node_modules', 'node', 'bin', name);
      if (existsSync(path)) return path;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function startAgain(node) {
  if (!node || process.env.CHARTGATE_STARTED_AGAIN) {
    process.stderr.write(
      `chartgate needs Node 22.18 or newer; this is ${process.versions.node}. Run npm ci in the project, which brings Node 24, or install a newer Node.\n`,
    );
    process.exit(1);
  }
  // The channel tells the child when this process is gone, however it went.
  const child = spawn(node, [condition, youngSpace, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, CHARTGATE_STARTED_AGAIN: '1' },
  });
  // A terminal sends Ctrl-C to both; without one only this process hears of it.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    process.stderr.write(`chartgate could not start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)));
}
