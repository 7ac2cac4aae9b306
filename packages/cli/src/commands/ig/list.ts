import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption } from '../../command.ts';
import { labelOf } from '../../ig/package-id.ts';
import { say } from '../../io.ts';
import { cell, printTable } from '../../show/table.ts';

/** `ig list`. */
export const command: CommandDefinition = {
  examples: [
    ['ig list', 'the FHIR packages of the site, in the order they were installed'],
    ['ig list --json', 'with what they depend on, as JSON'],
  ],
  configure: (command) => adminOptions(command).option('--json', 'print JSON'),
  async run(io, _args, options) {
    const list = await (await admin(io, options)).listPackages();
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
      return;
    }
    const rows = list.packages.map((one) =>
      [one.name, one.version, one.resources, one.installed_at, one.title].map(cell),
    );
    if (rows.length > 0) await printTable(io, ['NAME', 'VERSION', 'RESOURCES', 'INSTALLED', 'TITLE'], rows);
    else say(io, 'No packages. Install one with: npx chartgate ig add FILE');
    if (list.builtin.length > 0) say(io, `Built in: ${list.builtin.map(labelOf).map(cell).join(', ')}`);
    return undefined;
  },
};
