import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { InstalledPackage } from '@chartgate/client';
import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption, type Options, textOption } from '../../command.ts';
import { exitCodes, Failure, usage } from '../../failure.ts';
import { type Dependency, install } from '../../ig/install.ts';
import { labelOf, readPackageId } from '../../ig/package-id.ts';
import { type Registry, registryAt } from '../../ig/registry.ts';
import { type Io, progress, say } from '../../io.ts';
import { cell } from '../../show/table.ts';

const archiveLimit = 64 << 20;

/** `ig add`. */
export const command: CommandDefinition = {
  examples: [
    ['ig add us-core.tgz', 'a package from a file'],
    ['ig add hl7.fhir.us.core#6.1.0 --registry URL', 'from a registry, with what it depends on'],
    ['ig add us-core.tgz --replace', 'where another content has its name and version'],
  ],
  details: `
The site then knows the profiles, extensions, search parameters, value sets and code systems of the package. Several
versions of a package stand side by side; what names no version gets the newest. The registry is asked by this command,
never by the server.`,
  configure: (command) =>
    adminOptions(command.argument('<package>', 'a .tgz file, or NAME#VERSION'))
      .option('--registry <url>', 'FHIR package registry (else CHARTGATE_REGISTRY)')
      .option('--replace', 'replace a package of the same name and version that has another content')
      .option('--json', 'print what was installed as JSON'),
  async run(io, [wanted = ''], options) {
    const registry = registryOf(io, options);
    const archive = await archiveOf(io, wanted, registry);
    const line = progress(io);
    const replace = hasOption(options, 'replace');
    const api = await admin(io, options);
    const done = await install(archive, { api, registry, replace, doing: (what) => line.update(`${what} …`) });
    line.clear();
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
      return;
    }
    say(io, `${io.colour.green('✓')} ${summaryOf(done.installed)}`);
    for (const { file, reason } of done.installed.skipped) say(io, `  left out: ${cell(file)}: ${cell(reason)}`);
    for (const dependency of done.dependencies) say(io, `  ${lineOf(io, dependency)}`);
    return undefined;
  },
};

function registryOf(io: Io, options: Options): Registry | undefined {
  const address = textOption(options, 'registry') ?? (io.env.CHARTGATE_REGISTRY || undefined);
  return address === undefined ? undefined : registryAt(address, io);
}

async function archiveOf(io: Io, wanted: string, registry: Registry | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const path = resolve(io.cwd, wanted);
  const file = await stat(path).catch(() => undefined);
  if (file?.isFile()) {
    if (file.size > archiveLimit) throw usage(`${wanted} is longer than ${archiveLimit} bytes.`);
    return new Uint8Array(await readFile(path));
  }
  const id = readPackageId(wanted);
  if (!id)
    throw new Failure(
      exitCodes.notFound,
      'user_input',
      `${wanted} is not there. Expected a .tgz file, or NAME#VERSION.`,
    );
  if (!registry) throw usage(`To fetch ${wanted}, name a FHIR package registry with --registry or CHARTGATE_REGISTRY.`);
  try {
    return await registry.fetch(await registry.resolve(id));
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw new Failure(cause.exitCode, cause.category, `${wanted} could not be fetched: ${cause.message}.`);
  }
}

function summaryOf({ outcome, resources, ...id }: InstalledPackage): string {
  const counts = Object.entries(resources).map(([type, count]) => `${count} ${type}`);
  if (outcome === 'unchanged') return `${labelOf(id)} was installed already, with the same content`;
  return `${labelOf(id)} is ${outcome}: ${counts.join(', ') || 'it has no canonical resources'}`;
}

function lineOf(io: Io, dependency: Dependency): string {
  const label = cell(labelOf(dependency.id));
  switch (dependency.kind) {
    case 'installed':
      return `${io.colour.green('✓')} ${summaryOf(dependency.installed)}`;
    case 'there':
      return `– ${label} was installed already`;
    case 'builtin':
      return `– ${label} is built in, as ${dependency.version}`;
    case 'missing':
      return `${io.colour.yellow('!')} ${label} is missing: ${cell(dependency.reason)}`;
    default:
      return dependency satisfies never;
  }
}
