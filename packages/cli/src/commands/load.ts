import { adminApi, fhirClient, tokenSource } from '@chartgate/client';
import { adminCredential, adminOptions, dataFolder } from '../admin/credential.ts';
import { type CommandDefinition, hasOption, textOption } from '../command.ts';
import { exitCodes, usage } from '../failure.ts';
import { say } from '../io.ts';
import { ledgerFolder, openLedger } from '../load/ledger.ts';
import { load } from '../load/load.ts';
import { reporter } from '../load/reporter.ts';
import { find } from '../load/source.ts';
import { configFolder } from '../profile/profile.ts';

/** `load`: files into a running server, several at once; a bad one is named and the rest goes on. */
export const command: CommandDefinition = {
  examples: [
    ['load patients/', 'a folder, to the bottom'],
    ['load us-core-100.tar.zst', 'an archive: hospitals and practitioners first'],
    ['load Observation.ndjson.gz --concurrency 8', 'NDJSON, eight requests at a time'],
    ['load patients/ --again', 'also what was loaded before'],
  ],
  details: `
Takes transaction and batch Bundles and single resources (.json), and NDJSON (.ndjson), each also as .gz or .zst, and
.tar, .tar.gz or .tar.zst of them. Resources of NDJSON with an id are put under that id, others are created.
A run that was stopped goes on where it was: what the server has taken is kept in a ledger in the data directory.`,
  configure: (command) =>
    adminOptions(command.argument('<paths...>', 'files, archives and folders'))
      .option('--concurrency <number>', 'requests at a time', '4')
      .option('--again', 'send also what an earlier run has loaded')
      .option('--json', 'print the summary as JSON'),
  async run(io, paths, options) {
    const concurrency = Number(textOption(options, 'concurrency'));
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64)
      throw usage('--concurrency is a number from 1 to 64.');
    const found = await find(io.cwd, paths);
    if (found.length === 0) throw usage('Nothing to load: no .json, .ndjson or archive is in there.');
    const { url, site, token } = await adminCredential(io, options);
    const api = adminApi(url, site, token, io);
    const base = `${url}/apis/${site}/fhir`;
    const tokens = tokenSource(() => api.makeToken('system/*.cruds'));
    await tokens();
    const fhir = fhirClient({ base, token: tokens, fetch: io.fetch, signal: io.signal });
    const folder = ledgerFolder(dataFolder(io, options), configFolder(io));
    const ledger = await openLedger(folder, base, hasOption(options, 'again'));
    const report = await reporter(io, found);
    try {
      await load({ found, fhir, ledger, concurrency, report, signal: io.signal });
    } finally {
      await report.finish(hasOption(options, 'json'));
    }
    if (report.failed() === 0) return exitCodes.ok;
    say(io, 'What failed was not stored. Mend it and run the same command again: the rest is not sent twice.');
    return exitCodes.failed;
  },
};
