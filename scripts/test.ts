/** `npm test [-- files or folders]`: all tests, on one throw-away PostgreSQL that every file clones its database from. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { clusterVariable, startTestCluster } from '../packages/server/src/testing/cluster.ts';
import { buildWebIfStale } from './web-build.ts';

const chosen = process.argv.slice(2);
const files = (chosen.length > 0 ? chosen : ['packages', 'test']).map((path) =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ? `${path.replace(/\/+$/, '')}/**/*.test.ts` : path,
);

// The settings of whoever runs the tests are about other servers.
const isOwn = ([name]: readonly [string, unknown]) => !/^(CHARTGATE_.*|DATABASE_URL|PORT)$/.test(name);
const environment = Object.fromEntries(Object.entries(process.env).filter(isOwn));

buildWebIfStale();
const cluster = await startTestCluster();
// each file waits for its database as often as the database waits for it
const atOnce = `--test-concurrency=${Math.max(2, availableParallelism())}`;
const tests = spawn(process.execPath, ['--conditions=@chartgate/source', '--test', atOnce, ...files], {
  stdio: 'inherit',
  env: { ...environment, [clusterVariable]: JSON.stringify(cluster.connection) },
});
const interrupt = () => tests.kill('SIGINT');
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
const [code] = await once(tests, 'exit');
await cluster.stop();
process.exitCode = code ?? 1;
