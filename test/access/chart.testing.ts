import { type Resource, resourceTypes } from '@chartgate/fhir';
import { typeRule } from '../../packages/server/src/access/type-rule.ts';
import type { Random } from '../../packages/server/src/store/postgres/search/random.testing.ts';
import { compartmentPaths, otherPaths, pathsOf, randomResource, withReference } from './resource.testing.ts';

/** One version to be written, and what the test knows of it without asking the server. */
export type Version = {
  readonly resource: Resource & { readonly id: string };
  /** Patients to whom it belongs: put there by this file, not read out of the resource by the server's code. */
  readonly owners: readonly string[];
  /** Whether it has the one category that the granular scopes open. */
  readonly isLaboratory: boolean;
  readonly isRestricted: boolean;
};

/** What happens to one resource, in order. Undefined: it is deleted. */
export type Story = { readonly type: string; readonly id: string; readonly versions: readonly (Version | undefined)[] };

/** A mother (a) and her child (c), a stranger (b) and one more (d), whose record is closed to some. */
export const patientIds = ['a', 'b', 'c', 'd'] as const;

export const labSystem = 'urn:category';
export const restricted = { system: 'urn:label', code: 'R' };

/** Everything that happens in the chart: all types, interwoven. The same for the same numbers. */
export function storiesOf(r: Random): readonly Story[] {
  return [
    ...patients(r),
    ...binaries(),
    ...patientIds.flatMap(plain),
    ...resourceTypes.flatMap((type) => storiesOfType(r, type)),
  ];
}

function patients(r: Random): Story[] {
  const patient = (id: string, owners: readonly string[], more: object = {}): Story => ({
    type: 'Patient',
    id,
    versions: [
      version(
        {
          resourceType: 'Patient',
          id,
          name: [{ family: r.pick(['ash', 'birch', 'cedar']), given: [`given-${id}`] }],
          identifier: [{ system: 'urn:s', value: r.pick(['a', 'b', 'c']) }],
          birthDate: r.pick(['1980-01-01', '2019-03-01']),
          generalPractitioner: [{ reference: 'Practitioner/practitioner-1' }],
          managingOrganization: { reference: 'Organization/organization-1' },
          ...more,
        },
        owners,
      ),
    ],
  });
  const link = (other: string) => ({ link: [{ other: { reference: `Patient/${other}` }, type: 'seealso' }] });
  return [
    ...patientIds.map((id) => patient(id, [id])),
    patient('a-before', ['a-before', 'a'], link('a')),
    patient('b-before', ['b-before', 'b'], link('b')),
  ];
}

/** Some say whose they are, some are linked to by a document of somebody. */
function binaries(): Story[] {
  const binary = (id: string, owners: readonly string[], context?: string): Story => ({
    type: 'Binary',
    id,
    versions: [
      version(
        {
          resourceType: 'Binary',
          id,
          contentType: 'text/plain',
          data: 'YQ==',
          ...(context ? { securityContext: { reference: context } } : {}),
        },
        owners,
      ),
    ],
  });
  const document = (id: string, owner: string): Story => {
    const content = [{ attachment: { url: `Binary/linked-by-${owner}` } }];
    const subject = { reference: `Patient/${owner}` };
    const context = { period: { start: '2020-02-01', end: '2021-06-01' } };
    return {
      type: 'DocumentReference',
      id,
      versions: [
        version({ resourceType: 'DocumentReference', id, status: 'current', subject, content, context }, [owner]),
      ],
    };
  };
  return [
    ...patientIds.map((id) => binary(`bin-${id}`, [id], `Patient/${id}`)),
    ...patientIds.map((id) => binary(`linked-by-${id}`, [`linked ${id}`])),
    ...patientIds.map((id) => document(`linking-${id}`, id)),
    binary('bin-nobody', []),
    binary('bin-elsewhere', [], 'https://else.example/Patient/a'),
  ];
}

/** What is valid as R4 has it, so that it can be patched: everything else here is made by chance. */
function plain(owner: string): Story[] {
  const id = `plain-${owner}`;
  const [whose, identifier] = [{ reference: `Patient/${owner}` }, [{ system: 'urn:s', value: 'a' }]];
  const category = [{ coding: [{ system: labSystem, code: 'laboratory' }] }];
  const resources = [
    { resourceType: 'Observation', status: 'final', code: { text: 'x' }, category, subject: whose },
    { resourceType: 'Device', patient: whose },
    { resourceType: 'Task', status: 'draft', intent: 'plan', for: whose },
  ];
  return resources.map((resource) => {
    const made = version({ id, identifier, ...resource }, [owner]);
    const isLaboratory = resource.resourceType === 'Observation';
    return { type: resource.resourceType, id, versions: [{ ...made, isLaboratory }] };
  });
}

function storiesOfType(r: Random, type: string): Story[] {
  if (type === 'Patient' || type === 'Binary') return [];
  const isShared = typeRule(type)?.kind === 'shared';
  const count = isShared ? 2 : 5;
  return Array.from({ length: count }, (_, i): Story => {
    const id = `${type.toLowerCase()}-${i + 1}`;
    const first = versionOf(r, type, id, isShared ? [] : ownersAt(r, i));
    if (r() > 0.15) return { type, id, versions: [first] };
    const later = Array.from({ length: r.pick([1, 2, 3]) }, () =>
      r() < 0.25 ? undefined : versionOf(r, type, id, isShared ? [] : ownersAt(r, Math.floor(r() * 8))),
    );
    return { type, id, versions: [first, ...later] };
  });
}

/** Of each type one of each of these, whatever the dice say. */
function ownersAt(r: Random, i: number): readonly string[] {
  return [['a'], ['b'], ['a', 'b'], ['c'], r.pick([['a', 'c'], ['d'], []])][i] ?? [r.pick(patientIds)];
}

function versionOf(r: Random, type: string, id: string, wanted: readonly string[]): Version {
  const refer = (types: readonly string[]) => {
    const known = types.includes('Resource') ? ['Observation', 'Practitioner', 'Encounter', 'Organization'] : types;
    if (known.length === 0) return undefined;
    const to = r.pick(known);
    return `${to}/${referred(r, r() < 0.75 ? to : r.pick(known))}`;
  };
  const bare = randomResource(r, { type, id, refer });
  const isLaboratory = r() < 0.5;
  const isRestricted = r() < 0.15;
  const owned = wanted.reduce((made, owner) => ownedBy(r, made, owner), categorized(bare, isLaboratory));
  // A path that holds one reference keeps the last owner alone.
  const owners = wanted.filter((owner) => JSON.stringify(owned).includes(`"Patient/${owner}"`));
  const pointing = pointingElsewhere(r, owned) as Made & { readonly entry?: readonly object[] };
  const noisy = type === 'List' ? { ...pointing, entry: [...(pointing.entry ?? []), ...listed(r)] } : pointing;
  const resource = isRestricted ? { ...noisy, meta: { security: [restricted] } } : noisy;
  return { resource, owners, isLaboratory, isRestricted };
}

/** Entries of a list: of records, and of what is nobody's. */
function listed(r: Random) {
  const types = ['Observation', 'Observation', 'Encounter', 'Practitioner', 'Organization'];
  return Array.from({ length: 8 }, () => {
    const type = r.pick(types);
    return { item: { reference: `${type}/${referred(r, type)}` } };
  });
}

/** Mostly ids that are there: `observation-3`. Where the reference is to another type, it dangles. */
function referred(r: Random, type: string): string {
  return `${type.toLowerCase()}-${1 + Math.floor(r() * 5)}`;
}

type Made = Resource & { readonly id: string };

function ownedBy(r: Random, resource: Made, owner: string): Made {
  const { resourceType: type } = resource;
  const rule = typeRule(type);
  const paths = rule?.kind === 'parameter' ? pathsOf(type, rule.parameter) : compartmentPaths(type);
  return paths.length === 0 ? resource : withReference(resource, r.pick(paths), `Patient/${owner}`);
}

/** A reference to somebody that makes nobody its owner, such as the focus of an observation. */
function pointingElsewhere(r: Random, resource: Made): Made {
  const rule = typeRule(resource.resourceType);
  const own = rule?.kind === 'parameter' ? pathsOf(resource.resourceType, rule.parameter).map(String) : [];
  const paths = otherPaths(resource.resourceType).filter((path) => !own.includes(String(path)));
  if (paths.length === 0 || r() > 0.5) return resource;
  return withReference(resource, r.pick(paths), `Patient/${r.pick(patientIds)}`);
}

/** The category is the one thing that granular scopes look at, so that nothing else may write one. */
function categorized(resource: Made, isLaboratory: boolean): Made {
  if (resource.resourceType !== 'Observation') return resource;
  const coding = [{ system: labSystem, code: isLaboratory ? 'laboratory' : 'survey' }];
  return { ...resource, category: [{ coding }] } as Made;
}

function version(resource: Made, owners: readonly string[]): Version {
  return { resource, owners, isLaboratory: false, isRestricted: false };
}

/**
 * The stories as somebody sees them who is shown only some versions. Where a resource was hidden before it was shown, or
 * the other way round, a husk stands in for the hidden versions: nobody's, and restricted.
 */
export function shownOnly(stories: readonly Story[], isShown: (version: Version) => boolean): readonly Story[] {
  return stories.flatMap((story) => {
    if (!story.versions.some((one) => one && isShown(one))) return [];
    const { type, id } = story;
    const meta = { security: [restricted] };
    const husk: Version = {
      resource: { resourceType: type, id, meta },
      owners: [],
      isLaboratory: false,
      isRestricted: true,
    };
    return [{ ...story, versions: story.versions.map((one) => (one === undefined || isShown(one) ? one : husk)) }];
  });
}
