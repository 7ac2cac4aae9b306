import { admin, adminOptions } from '../../admin/credential.ts';
import type { CommandDefinition } from '../../command.ts';
import { labelOf, requirePackageId } from '../../ig/package-id.ts';
import { say } from '../../io.ts';

/** `ig remove`. */
export const command: CommandDefinition = {
  examples: [['ig remove hl7.fhir.us.core#6.1.0', 'the site forgets its profiles, parameters and codes']],
  configure: (command) => adminOptions(command.argument('<package>', 'NAME#VERSION, as ig list shows it')),
  async run(io, [wanted = ''], options) {
    const id = requirePackageId(wanted);
    await (await admin(io, options)).removePackage(id);
    say(io, `${io.colour.green('✓')} ${labelOf(id)} is removed. What was stored under its profiles stays as it is.`);
    return undefined;
  },
};
