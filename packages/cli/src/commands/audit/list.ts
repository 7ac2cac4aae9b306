import type { AuditQuery, AuditRecord } from '@chartgate/client';
import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption, type Options, textOption } from '../../command.ts';
import { usage } from '../../failure.ts';
import { say } from '../../io.ts';
import { cell, printTable } from '../../show/table.ts';

/** Events that are listed where nothing else is said, and on one page. */
const counts = { default: 50, page: 500 };

const headers = ['TIME', 'ACTION', 'STATUS', 'CLIENT', 'WHO', 'WHAT', 'PATIENTS'];

/** `audit list`: newest first, page by page. */
export const command: CommandDefinition = {
  examples: [
    ['audit list --patient 1', 'who saw the record of Patient/1'],
    ['audit list --since 2026-01-31 --outcome refusal', 'what was refused since then'],
    ['audit list --client ID --limit 1000 --json', 'what a client did, one line of JSON an event'],
  ],
  configure: (command) =>
    adminOptions(command)
      .option('--patient <id>', 'whose record was touched')
      .option('--client <id>', 'by this client')
      .option('--account <id>', 'by this account')
      .option('--since <time>', 'from this date, or time with its offset, on')
      .option('--until <time>', 'before this date or time')
      .option('--outcome <outcome>', 'success, refusal or error')
      .option('--action <names>', 'interactions or acts, with commas between')
      .option('--limit <n>', `events at most (Default: ${counts.default})`)
      .option('--json', 'print one line of JSON an event'),
  async run(io, _args, options) {
    const limit = limitOf(options);
    const api = await admin(io, options);
    let [left, cursor]: [number, string | undefined] = [limit, undefined];
    do {
      const count = String(Math.min(left, counts.page));
      const page = await api.listAudit({ ...queryOf(options), count, ...(cursor === undefined ? {} : { cursor }) });
      const isFirst = left === limit;
      if (hasOption(options, 'json')) {
        for (const event of page.events) await io.stdout.write(`${JSON.stringify(event)}\n`);
      } else {
        if (isFirst && page.events.length === 0) say(io, 'No events.');
        else await printTable(io, headers, page.events.map(row), isFirst);
      }
      left -= page.events.length;
      cursor = page.events.length === 0 ? undefined : (page.next ?? undefined);
    } while (left > 0 && cursor !== undefined);
    if (cursor !== undefined) say(io, `There are more than ${limit}. Ask for them with --limit.`);
    return undefined;
  },
};

function limitOf(options: Options): number {
  const text = textOption(options, 'limit') ?? String(counts.default);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usage(`--limit must be a whole number above 0, not ${text}.`);
}

function queryOf(options: Options): AuditQuery {
  const names = {
    patient: 'patient',
    client: 'client',
    account: 'account',
    from: 'since',
    to: 'until',
    outcome: 'outcome',
    action: 'action',
  };
  const given = Object.entries(names).flatMap(([name, option]) => {
    const value = textOption(options, option);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as AuditQuery;
}

function row({ time, action, status, client_id, account_id, patients, details }: AuditRecord): readonly string[] {
  const { administrator, fhirUser, what, emergency } = details;
  const shown = patients.length > 3 ? [...patients.slice(0, 3), `and ${patients.length - 3} more`] : patients;
  const urgent = emergency === undefined ? '' : ' (emergency)';
  const who = administrator ?? fhirUser ?? account_id;
  return [time, `${action}${urgent}`, String(status), client_id, who, what, shown].map(cell);
}
