import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync, inflateRawSync } from 'node:zlib';
import { usCore } from '../../testing/shared-data.ts';
import { type ArchiveFile, header, packageOf, tgz } from '../../testing/tgz.ts';
import { PackageError } from './package-error.ts';
import { readPackage } from './read-package.ts';

const named = { name: 'a.package', version: '1.0.0' };
const valueSet = { resourceType: 'ValueSet', url: 'http://a.example/vs', version: '1', status: 'active' };

const refuses = (archive: Buffer, why: RegExp) =>
  assert.rejects(readPackage(archive), (error) => error instanceof PackageError && why.test(error.message));

const withManifest = (file: ArchiveFile) =>
  tgz([{ name: 'package/package.json', text: JSON.stringify({ ...named, fhirVersions: ['4.0.1'] }) }, file]);

describe('readPackage', () => {
  test('takes the manifest and the canonical resources, without their narrative', async () => {
    const dependencies = { 'hl7.fhir.r4.core': '4.0.1' };
    const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
    const patient = { resourceType: 'Patient' };
    const archive = packageOf({ ...named, title: 'A', dependencies }, [{ ...valueSet, text }, patient]);
    const { content, skipped } = await readPackage(archive);
    assert.deepEqual([content.name, content.version, skipped], ['a.package', '1.0.0', []]);
    assert.deepEqual(content.about, { title: 'A', fhirVersions: ['4.0.1'], dependencies });
    assert.equal(content.canonicals.length, 1);
    const [{ packed, ...key }] = content.canonicals as [(typeof content.canonicals)[0]];
    assert.deepEqual(key, { type: 'ValueSet', url: 'http://a.example/vs', version: '1' });
    assert.deepEqual(JSON.parse(inflateRawSync(packed).toString()), valueSet);
  });

  test('leaves out and names what breaks the structure of R4', async () => {
    const { content, skipped } = await readPackage(packageOf(named, [{ ...valueSet, status: 'nonsense' }, valueSet]));
    assert.equal(content.canonicals.length, 1);
    assert.equal(skipped.length, 1);
    assert.match(`${skipped[0]?.file} ${skipped[0]?.reason}`, /^package\/0\.json ValueSet\.status: /);
  });

  test('refuses what is no package', async () => {
    await refuses(Buffer.from('no archive'), /cannot be unpacked/);
    await refuses(Buffer.alloc(0), /cannot be unpacked|no package\/package\.json/);
    await refuses(gzipSync(Buffer.alloc(2000, 'x')), /no tar archive/);
    await refuses(tgz([{ name: 'package/a.json', text: '{}' }]), /no package\/package\.json/);
    await refuses(tgz([{ name: 'package/package.json', text: '[' }]), /is no JSON/);
    await refuses(packageOf({ name: 'a.package' }), /version/);
    await refuses(packageOf({ ...named, name: '../etc' }), /name must be/);
  });

  test('refuses a package for another FHIR', async () => {
    await refuses(packageOf({ ...named, fhirVersions: ['5.0.0'] }), /is for FHIR 5\.0\.0/);
    await refuses(packageOf({ ...named, fhirVersions: [] }), /does not say for which FHIR/);
    const { content } = await readPackage(
      packageOf({ ...named, fhirVersions: [], dependencies: { 'hl7.fhir.r4.core': '4.0.1' } }),
    );
    assert.equal(content.name, 'a.package');
  });

  test('refuses the same canonical twice, and the same file twice', async () => {
    await refuses(packageOf(named, [valueSet, valueSet]), /ValueSet http:\/\/a\.example\/vs\|1 twice/);
    const twice = { name: 'package/package.json', text: JSON.stringify({ ...named, fhirVersions: ['4.0.1'] }) };
    await refuses(tgz([twice, twice]), /package\/package\.json twice/);
  });

  test('refuses names that lead out of the folder, and links', async () => {
    for (const name of [
      '../evil.json',
      '/etc/evil.json',
      'package/../../evil.json',
      'package\\..\\evil.json',
      'c:/x',
    ]) {
      await refuses(withManifest({ name, text: '{}' }), /leads out of its folder/);
    }
    await refuses(withManifest({ name: 'package/link', text: '', kind: '2' }), /links/);
    await refuses(withManifest({ name: 'long', text: 'x'.repeat(5000), kind: 'L' }), /too long/);
  });

  test('refuses an archive that is cut short', async () => {
    await refuses(packageOf(named, [valueSet]).subarray(0, -20), /cannot be unpacked|cut short/);
  });

  test('a gzip bomb ends at the limit, without being kept in memory', async () => {
    // members of gzip that follow each other unpack to one stream
    const zeros = Buffer.alloc(16 * 1024 * 1024);
    const size = (zeros.length * 65).toString(8).padStart(11, '0');
    const bomb = Buffer.concat([gzipSync(header('other/zeros', size)), ...Array(65).fill(gzipSync(zeros))]);
    assert.ok(bomb.length < 2 * 1024 * 1024);
    const before = process.memoryUsage().rss;
    await refuses(bomb, /unpacks to more than/);
    assert.ok(process.memoryUsage().rss - before < 300 * 1024 * 1024);
  });

  test('refuses one file that is too long', async () => {
    const archive = withManifest({ name: 'package/long.json', text: Buffer.alloc(33 * 1024 * 1024, ' ') });
    await refuses(archive, /package\/long\.json is longer/);
  });

  for (const { version, archive } of usCore) {
    const skip = archive ? false : 'the package does not lie beside the repository';
    test(`reads US Core ${version}`, { skip }, async () => {
      const { content, skipped } = await readPackage(archive as Buffer);
      assert.deepEqual([content.name, content.version, skipped], ['hl7.fhir.us.core', version, []]);
      const profiles = content.canonicals.filter(({ type }) => type === 'StructureDefinition');
      assert.ok(profiles.length >= 59 && content.canonicals.length >= 200);
    });
  }
});
