import type { Bundle, FhirClient } from '@chartgate/client';
import { type CommandDefinition, hasOption, textOption } from '../command.ts';
import { usage } from '../failure.ts';
import { type Io, say } from '../io.ts';
import { currentProfile } from '../profile/profile.ts';
import { session } from '../profile/session.ts';
import { losslessLines } from '../show/json.ts';
import { printResources, resourcesOf } from '../show/resource.ts';

/** `get`: a read or a search. A search shows a table; `--json` gives what the server sent. */
export const command: CommandDefinition = {
  examples: [
    ["get 'Patient?name=smith'", 'the first page as a table'],
    ["get 'Observation?code=8867-4' --all --json", 'all pages, one resource a line (NDJSON)'],
    ['get Patient/123', 'one resource as JSON'],
    ["get 'Encounter?_count=5' --json", 'the Bundle as the server sent it'],
  ],
  configure: (command) =>
    command
      .argument('<query>', 'what follows the FHIR base')
      .option('--all', 'follow the pages to the end')
      .option('--json', 'print JSON; with --all one resource a line')
      .option('--profile <name>', 'profile (Default: the current one)'),
  async run(io, [query = ''], options) {
    const profile = await currentProfile(io, textOption(options, 'profile'));
    const fhir = await session(io, profile);
    if (isElsewhere(query, profile.server.fhirBase)) {
      throw usage(`${query} leaves ${profile.server.fhirBase}. Ask for a path such as 'Patient?name=smith'.`);
    }
    if (hasOption(options, 'all')) await all(io, fhir, query, hasOption(options, 'json'));
    else await first(io, fhir, query, hasOption(options, 'json'));
    return undefined;
  },
};

/** Whether the query is an address outside the FHIR base, where the token must not go. */
function isElsewhere(query: string, base: string): boolean {
  const url = URL.canParse(query, `${base}/`) ? new URL(query.replace(/^\/+/, ''), `${base}/`).href : '';
  return !(url.startsWith(`${base}/`) || url.startsWith(`${base}?`) || url === base);
}

async function first(io: Io, fhir: FhirClient, query: string, json: boolean): Promise<void> {
  const { resource, text } = await fhir.read(query);
  if (json) return void (await io.stdout.write(`${text.trimEnd()}\n`));
  if (resource.resourceType !== 'Bundle') {
    const { parseLossless } = await import('../show/json.ts');
    return void (await io.stdout.write(`${JSON.stringify(parseLossless(text), null, 2)}\n`));
  }
  const bundle = resource as Bundle;
  await printResources(io, resourcesOf(bundle));
  const more = bundle.link?.some(({ relation }) => relation === 'next');
  if (resourcesOf(bundle).length === 0) say(io, 'Nothing matches.');
  if (more) say(io, io.colour.dim('There is more: --all follows the pages.'));
}

async function all(io: Io, fhir: FhirClient, query: string, json: boolean): Promise<void> {
  let count = 0;
  for await (const { resource, text } of fhir.pages(query)) {
    const resources = resourcesOf(resource);
    if (json) for (const line of losslessLines(text)) await io.stdout.write(`${line}\n`);
    else await printResources(io, resources, count === 0);
    count += resources.length;
  }
  if (!json || io.stdout.isTTY) say(io, io.colour.dim(`${count} resource${count === 1 ? '' : 's'}`));
}
