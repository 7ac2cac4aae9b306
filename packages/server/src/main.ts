/** The composition root: the one place that knows which store, which database and which wire are used. */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { defaultAccountConfig } from './account/config.ts';
import { startDelivery } from './account/mail/deliver.ts';
import { outboxMailer } from './account/mail/outbox.ts';
import { smtpTransport } from './account/mail/smtp.ts';
import { openHeadsFile } from './audit/heads-file.ts';
import { chartDirectory } from './chart-directory.ts';
import { ensureAdminCredential } from './clients/admin-credential.ts';
import { maxConcurrencyPerClient, type ServeOptions, type Serving } from './config.ts';
import { builtinConformance } from './conformance/builtin/builtin.ts';
import { startIndexing } from './conformance/indexing.ts';
import { openConformance } from './conformance/site-conformance.ts';
import { credentialFile, readCredential, writeCredential } from './credential-file.ts';
import { demoResource, loadDemo } from './demo.ts';
import { closeDemoAccounts, ensureDemoAccounts } from './demo-accounts.ts';
import { startEmbedded } from './embedded/embedded.ts';
import { authenticateBearer } from './oauth/bearer.ts';
import { defaultGateConfig } from './oauth/config.ts';
import { openGate } from './oauth/gate.ts';
import { loadSealingKey } from './oauth/sealing-key.ts';
import { conformanceStore } from './store/postgres/conformance/conformance-store.ts';
import { type DatabaseAddress, openDatabase } from './store/postgres/database/database.ts';
import { migrate } from './store/postgres/database/migrate.ts';
import { openSite } from './store/postgres/database/open-site.ts';
import { gateStores } from './store/postgres/gate/gate-store.ts';
import { parameterStore } from './store/postgres/parameters/parameter-store.ts';
import { resourceStore } from './store/postgres/resource-store.ts';
import { droppedRow } from './store/postgres/search/exact-check.ts';
import { DatabaseUnavailable } from './store/unavailable.ts';
import { readBuiltFiles } from './web/built-files.ts';
import { buildApp } from './wire/app.ts';
import { chartAuditOf } from './wire/audit.ts';
import { fhirBase } from './wire/chart.ts';
import { gateRoutes } from './wire/gate-routes.ts';
import { packageRoutes } from './wire/package-routes.ts';

export type { ServeOptions, Serving } from './config.ts';

const siteName = 'default';

/**
 * Starts the server and everything it needs. When it returns, the server answers.
 * @throws {Error} when the database cannot be had or the port is taken; the message says what to do
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const stops: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return await start(options, stops, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: ServeOptions,
  stops: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Serving> {
  const write = options.log ?? ((line: string) => void process.stderr.write(line));
  const log = pino({ level: process.env.CHARTGATE_LOG ?? 'warn' }, { write });
  const port = options.port === 0 ? await freePort() : options.port;
  const publicUrl = (options.publicUrl ?? `http://localhost:${port}`).replace(/\/+$/, '');
  const transport = mailTransport(options);
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });

  const address = await databaseAddress(options, stops, (message) => log.info(message));
  const database = openDatabase(address);
  stops.push(() => database.close());
  await migrate(database).catch((error: unknown) => {
    throw error instanceof DatabaseUnavailable ? noDatabase(error) : error;
  });
  const site = await openSite(database, siteName, fhirBase(publicUrl, siteName));
  if (!site) throw new Error('The database has no site "default": its control tables were changed by hand.');
  const { conformance } = site;
  const builtin = builtinConformance();
  const knowledge = conformanceStore(database, site, address);
  const known = await openConformance({
    store: knowledge,
    conformance,
    builtin: builtin.canonicals,
    failed: (error) => log.error(error, 'a change of the profiles, codes or search parameters could not be read'),
  });
  stops.push(() => known.close());
  const indexing = await startIndexing(parameterStore(database, address, site), conformance, log);
  stops.push(() => indexing.close());
  known.subscribe(() => indexing.canonicalsChanged());
  const store = resourceStore(database, site);

  const stores = gateStores(database, address);
  const sealingKey = await loadSealingKey(options.dataDirectory, process.env.CHARTGATE_SEALING_KEY);
  const directory = chartDirectory({ site: siteName, store, conformance, cursorKey: site.hashKey });
  const gate = await openGate({
    config: {
      ...defaultGateConfig,
      publicUrl,
      allowLoopbackJwks: options.publicUrl === undefined,
      accounts: { ...defaultAccountConfig, mailbox: options.demo === true && transport === undefined },
    },
    stores,
    sealingKey,
    log,
    mailer: outboxMailer(stores, { sealingKey, now: Date.now }),
    auditHeads: await openHeadsFile(join(options.dataDirectory, 'audit-heads')),
    directory: (name) => (name === siteName ? directory : undefined),
  });
  stops.push(() => gate.close());
  if (transport) stops.push(startDelivery(gate, transport));

  const demoPatients = options.demo
    ? await loadDemo({ store, conformance, indexing, base: fhirBase(publicUrl, siteName) })
    : 0;
  const demoAccounts = options.demo ? await ensureDemoAccounts(gate, siteName, demoResource(store)) : [];
  if (!options.demo) await closeDemoAccounts(gate, siteName);
  droppedRow.subscribe((message) => log.error(message, 'a row was found by its hashes and failed the exact check'));
  const { validation = 'structure' } = options;
  const chartSite = { name: siteName, store, conformance, validation, indexing, cursorKey: site.hashKey };
  const administration = { store: knowledge.packages, builtin: builtin.packages, reload: known.reloadPackages };
  const app = await buildApp({
    chart: {
      publicUrl,
      site: (name) => (name === siteName ? chartSite : undefined),
      authenticate: (authorization, name) => authenticateBearer(gate, authorization, name),
      audit: chartAuditOf(gate),
    },
    gate: async (routes) => {
      await routes.register(gateRoutes(gate));
      await routes.register(packageRoutes(gate, (name) => (name === siteName ? administration : undefined)));
    },
    web: await readBuiltFiles(webFolder()),
    log,
    maxConcurrency: maxConcurrencyPerClient,
    isBehindProxy: options.publicUrl !== undefined,
    demoAccounts,
  });
  stops.push(() => app.close());
  const host = options.publicUrl === undefined ? 'localhost' : '::';
  await app.listen({ port, host }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? portTaken(port) : error;
  });

  const file = credentialFile(options.dataDirectory);
  const token = await ensureAdminCredential(gate, siteName, hostname(), (await readCredential(file))?.token);
  await writeCredential(file, { url: publicUrl, site: siteName, token });
  return { url: publicUrl, credentialFile: file, demoPatients, demoAccounts, close };
}

/** Where the web app was built to. */
function webFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@chartgate/web/package.json')), 'dist');
}

/** @throws {Error} when only one of the two is given, or one cannot be used */
function mailTransport({ smtpUrl, mailFrom }: ServeOptions) {
  if (smtpUrl === undefined) return undefined;
  if (mailFrom === undefined) throw new Error('A mail server needs an address that mail comes from: see --mail-from.');
  return smtpTransport({ url: smtpUrl, from: mailFrom });
}

async function databaseAddress(
  options: ServeOptions,
  stops: (() => Promise<unknown>)[],
  log: (message: string) => void,
): Promise<DatabaseAddress> {
  if (options.databaseUrl !== undefined) return { connectionString: options.databaseUrl };
  const embedded = await startEmbedded({ dataDirectory: options.dataDirectory, log });
  stops.push(() => embedded.stop());
  return embedded.connection;
}

function noDatabase({ cause }: DatabaseUnavailable): Error {
  const why = cause instanceof Error ? cause.message : 'no reason was given';
  return new Error(`The database cannot be reached: ${why}. See --database-url, or leave it out for the bundled one.`);
}

function portTaken(port: number): Error {
  return new Error(`Port ${port} is taken by another program. Stop it, or choose another port with --port.`);
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, 'localhost', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
