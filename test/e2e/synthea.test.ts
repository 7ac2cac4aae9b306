import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root, run } from '../support/command.ts';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

const archive = join(root, '../shared/data/synthea/us-core-100.tar.zst');
const skip = existsSync(archive) ? false : `${archive} is not here`;

/** Entries of the archive's bundles by type. */
const inFiles: Readonly<Record<string, number>> = {
  AllergyIntolerance: 76,
  CarePlan: 167,
  CareTeam: 167,
  Claim: 3142,
  Condition: 1879,
  Device: 227,
  DiagnosticReport: 3626,
  DocumentReference: 2389,
  Encounter: 2389,
  ExplanationOfBenefit: 3142,
  ImagingStudy: 151,
  Immunization: 1677,
  Location: 211,
  Medication: 167,
  MedicationAdministration: 167,
  MedicationRequest: 753,
  Observation: 13526,
  Organization: 210,
  Patient: 100,
  Practitioner: 210,
  PractitionerRole: 210,
  Procedure: 6166,
  Provenance: 100,
  SupplyDelivery: 1006,
};

/** Made with `ifNoneExist`: a second load finds them. */
const madeOnce = new Set(['Location', 'Organization', 'Practitioner']);

let server: RunningServer;
before(async () => {
  if (!skip) server = await runningServer();
});
after(() => server?.close());

async function load(...options: string[]): Promise<void> {
  const { code, stderr } = await run('chartgate', ['load', archive, '--concurrency', '8', ...options], {
    CHARTGATE_URL: server.url,
    CHARTGATE_DATA: server.dataDirectory,
  });
  assert.equal(code, 0, stderr);
}

async function counts(): Promise<Record<string, number>> {
  const token = await server.token('system/*.rs');
  const found: Record<string, number> = {};
  for (const type of Object.keys(inFiles)) {
    const bundle = await bundleOf(await server.ask(`${type}?_total=accurate&_count=0`, token));
    found[type] = bundle.total ?? 0;
  }
  return found;
}

test('all 100 Synthea patients load over HTTP, none refused, and the counts are those of the files', {
  skip,
}, async () => {
  await load();
  assert.deepEqual(await counts(), inFiles);
});

test('what was loaded is found through the links between the files', { skip }, async () => {
  const token = await server.token('system/*.rs');
  const ask = async (path: string) => bundleOf(await server.ask(path, token));
  const one = (await ask('Encounter?_count=1&_include=Encounter:practitioner&_include=Encounter:patient')).entry;
  assert.deepEqual(one.map(({ resource }) => resource.resourceType).sort(), ['Encounter', 'Patient', 'Practitioner']);
  const patient = one.find(({ resource }) => resource.resourceType === 'Patient')!.resource.id;
  const back = await ask(`Patient?_id=${patient}&_revinclude=Provenance:target`);
  assert.deepEqual(
    back.entry.map(({ search }) => search.mode),
    ['match', 'include'],
  );
  const walked = new Set<string>();
  for (let url = `Observation?patient=${patient}&_sort=-date&_count=50`; url !== ''; ) {
    const page = await ask(url);
    for (const { resource } of page.entry) walked.add(resource.id);
    url = page.link.find(({ relation }) => relation === 'next')?.url ?? '';
  }
  const { total } = await ask(`Observation?patient=${patient}&_total=accurate&_count=0`);
  assert.equal(walked.size, total);
});

test('a second load makes what the files ask for and nothing else', { skip }, async () => {
  await load('--again');
  const twice = Object.entries(inFiles).map(([type, count]) => [type, madeOnce.has(type) ? count : 2 * count]);
  assert.deepEqual(await counts(), Object.fromEntries(twice));
});
