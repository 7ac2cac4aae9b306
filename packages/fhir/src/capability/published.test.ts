import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalIndex } from '../conformance/canonical-index.ts';
import type { CanonicalResource } from '../conformance/canonical-source.ts';
import { profileOf } from '../testing/profile.ts';
import { publishedBy } from './published.ts';

const usCore = 'http://hl7.org/fhir/us/core/CapabilityStatement';

function published(...resources: readonly CanonicalResource[]) {
  return publishedBy(canonicalIndex(resources.map((resource) => ({ ...resource, read: () => resource }))));
}

function profile(name: string, type: string, more: object = {}): CanonicalResource {
  return profileOf(type, [], { url: `http://a.example/${name}`, ...more });
}

function requirements(url: string, more: object = {}): CanonicalResource {
  return { resourceType: 'CapabilityStatement', url, version: '1.0', kind: 'requirements', ...more };
}

test('a profile is claimed on the type that it is of, once, whichever versions there are', () => {
  const { profiles } = published(
    profile('b', 'Patient'),
    profile('a', 'Patient', { version: '1.0' }),
    profile('a', 'Patient', { version: '2.0' }),
    profile('c', 'Group'),
  );
  assert.deepEqual([...profiles.keys()].sort(), ['Group', 'Patient']);
  assert.deepEqual(profiles.get('Patient'), ['http://a.example/a', 'http://a.example/b']);
});

test('the newest version of a profile counts; what is retired or defines a type of its own is none', () => {
  const { profiles } = published(
    profile('a', 'Patient', { version: '1.0' }),
    profile('a', 'Patient', { version: '2.0', status: 'retired' }),
    profile('own', 'Patient', { derivation: 'specialization' }),
  );
  assert.equal(profiles.size, 0);
});

test('a guide is claimed with its newest version', () => {
  const guide = (version: string) => ({ resourceType: 'ImplementationGuide', url: 'http://a.example/guide', version });
  assert.deepEqual(published(guide('2.0'), guide('1.0')).guides, ['http://a.example/guide|2.0']);
});

test('of the roles that guides describe, only those are claimed that are met here', () => {
  const { instantiates } = published(
    requirements(`${usCore}/us-core-server`),
    requirements(`${usCore}/us-core-client`),
    requirements('http://a.example/CapabilityStatement/does-more'),
  );
  assert.deepEqual(instantiates, [`${usCore}/us-core-server`]);
  assert.deepEqual(published(requirements(`${usCore}/us-core-server`, { kind: 'instance' })).instantiates, []);
});
