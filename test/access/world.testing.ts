import { type Criterion, parseScope, parseSearch } from '@chartgate/fhir';
import { maxEmergency } from '../../packages/server/src/access/break-glass.ts';
import type { Grant } from '../../packages/server/src/access/grant.ts';
import { closedRecords } from '../../packages/server/src/access/line.ts';
import { typeRule } from '../../packages/server/src/access/type-rule.ts';
import { grantOf } from '../../packages/server/src/testing/chart-server.ts';
import { labSystem, restricted, type Version } from './chart.testing.ts';
import { asking } from './request.testing.ts';

/** Somebody who asks, and what of the chart is there for them. */
export type World = {
  readonly name: string;
  readonly grant: Grant;
  readonly isShown: (version: Version) => boolean;
  /** Whether the grant opens writing, so that requests which write do something. */
  readonly writes: boolean;
  /** The types that it opens, where they are few. */
  readonly types?: readonly string[];
};

const scopesOf = (text: string) => parseScope(text).scopes;

/** Everything of these patients, and what is nobody's. */
function belongsTo(patients: readonly string[]): World['isShown'] {
  return ({ resource, owners }) => {
    switch (typeRule(resource.resourceType)?.kind) {
      case 'compartment':
      case 'parameter':
        return owners.some((owner) => patients.includes(owner));
      case 'binary':
        return owners.some((owner) => patients.some((id) => owner === id || owner === `linked ${id}`));
      case 'shared':
        return true;
      default:
        return false;
    }
  };
}

const label: readonly Criterion[] = parseSearch(
  'Observation',
  [['_security', `${restricted.system}|${restricted.code}`]],
  { now: 0 },
).query.criteria;

const practitioner = { reference: 'Practitioner/practitioner-1', opens: 'site' } as const;
const everything = ['c', 'r', 'u', 'd', 's'] as const;
const laboratory = `category=${labSystem}|laboratory`;
const granular = ['Patient', 'Condition', 'Encounter', 'Organization', 'Practitioner', 'Provenance'];

/** Parents and helpers, strangers and staff. */
export const worlds: readonly World[] = [
  {
    name: 'patient/*.cruds of a',
    grant: grantOf(scopesOf('patient/*.cruds'), { patient: 'a' }),
    isShown: belongsTo(['a']),
    writes: true,
  },
  {
    name: 'patient/ scopes of a on some types, and on laboratory results alone',
    grant: grantOf(
      scopesOf(`patient/Observation.cruds?${laboratory} ${granular.map((type) => `patient/${type}.rs`).join(' ')}`),
      { patient: 'a' },
    ),
    isShown: (version) => {
      const { resourceType } = version.resource;
      const isOpen = resourceType === 'Observation' ? version.isLaboratory : granular.includes(resourceType);
      return isOpen && belongsTo(['a'])(version);
    },
    writes: true,
    types: ['Observation', 'Observation', ...granular],
  },
  {
    name: 'user/*.cruds of a mother, with her child',
    grant: grantOf(scopesOf('user/*.cruds'), {
      user: { reference: 'Patient/a', opens: 'patients', patients: ['a', 'c'] },
    }),
    isShown: belongsTo(['a', 'c']),
    writes: true,
  },
  {
    name: 'user/*.cruds of a practitioner, with a label, a type and a record closed',
    grant: grantOf(scopesOf('user/*.cruds'), {
      user: practitioner,
      denies: [
        { type: '*', letters: everything, criteria: label },
        { type: 'QuestionnaireResponse', letters: everything, criteria: [] },
        ...closedRecords(['d']),
      ],
    }),
    isShown: ({ resource, owners, isRestricted }) => {
      const rule = typeRule(resource.resourceType);
      if (isRestricted || resource.resourceType === 'QuestionnaireResponse') return false;
      if (rule?.kind === 'compartment' && !rule.staff) return false;
      return rule !== undefined && rule.kind !== 'system' && !owners.includes('d');
    },
    writes: true,
  },
  {
    name: 'user/*.rs with one patient on the list and one opened in an emergency',
    grant: grantOf(scopesOf('user/*.rs fhirUser'), {
      user: { reference: 'Practitioner/practitioner-1', opens: 'patients', patients: ['a'] },
      breakGlass: { reason: 'unconscious at the door', patient: 'c', from: asking, until: asking + maxEmergency },
    }),
    isShown: belongsTo(['a', 'c']),
    writes: false,
  },
];
