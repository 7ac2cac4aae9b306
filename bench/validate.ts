/**
 * `node --conditions=@chartgate/source bench/validate.ts`: CPU time of compiling the profiles of US Core 6.1.0, and of
 * validating a resource by structure alone and by its profiles. Needs the package and the patients beside the repository.
 */
import { type Resource, terminologyOf, validate, validateProfiles } from '@chartgate/fhir';
import { readArchive } from '../packages/fhir/scripts/archive.ts';
import { usCore } from '../packages/fhir/src/testing/canonicals.ts';
import { Profiles } from '../packages/fhir/src/validate/profile/profiles.ts';
import { median } from './measure.ts';

const usCorePackage = usCore('6.1.0');
const patients = readArchive('shared/data/synthea/us-core-100.tar.zst');
if (!usCorePackage || !patients)
  throw new Error('Expected ../shared/data/ig/us_core_610.tgz and ../shared/data/synthea.');

const { canonicals } = usCorePackage;
const context = { conformance: { canonicals, terminology: terminologyOf(canonicals) } };
const resources: readonly Resource[] = patients
  .filter(({ name }) => name.endsWith('.json'))
  .slice(0, 10)
  .flatMap(({ text }) => JSON.parse(text()).entry.map((entry: { readonly resource: Resource }) => entry.resource));

compiling();
const structure = Array.from({ length: 3 }, () => microseconds((resource) => validate(resource)));
const first = microseconds((resource) => validateProfiles(resource, context));
const profiles = Array.from({ length: 3 }, () => microseconds((resource) => validateProfiles(resource, context)));
print('structure, each resource', median(structure));
print('profiles, each resource, the first time', first);
print('profiles, each resource', median(profiles));

function compiling(): void {
  const urls = canonicals.list('StructureDefinition').filter((url) => url.includes('/us/core/') && url.includes('|'));
  const times = urls.map((url) => {
    const before = process.cpuUsage();
    new Profiles(canonicals).find(url);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  print(`compiling a profile, median of ${urls.length}`, median(times));
  print('compiling a profile, at most', Math.max(...times));
}

/** CPU time, which says more than the clock where a machine is shared. */
function microseconds(check: (resource: Resource) => unknown): number {
  const before = process.cpuUsage();
  for (const resource of resources) check(resource);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / resources.length;
}

function print(what: string, us: number): void {
  process.stdout.write(`${what.padEnd(44)} ${us.toFixed(us < 10 ? 1 : 0).padStart(7)} µs\n`);
}
