import type { Specialty } from './specialties.ts';
import { coding, concept, system } from './system.ts';

const kind = (code: string, display: string) =>
  concept(coding(`${system.terminology}/organization-type`, code, display));
const site = (code: string, display: string) => concept(coding(system.roleCode, code, display));

const provider = kind('prov', 'Healthcare Provider');
const insurer = kind('pay', 'Payer');

/** Care sites of one health network, with the clinicians who work there. */
export const careSites: readonly CareSite[] = [
  {
    key: 'hospital',
    name: 'General Hospital',
    kind: provider,
    site: site('HOSP', 'Hospital'),
    clinicians: ['emergency', 'internal', 'obstetrics', 'radiology', 'pharmacy'],
  },
  {
    key: 'family',
    name: 'Family Practice',
    kind: provider,
    site: site('OF', 'Outpatient facility'),
    clinicians: ['family', 'family', 'family', 'internal'],
  },
  {
    key: 'children',
    name: "Children's Clinic",
    kind: provider,
    site: site('OF', 'Outpatient facility'),
    clinicians: ['pediatrics', 'pediatrics'],
  },
  {
    key: 'specialists',
    name: 'Specialty Center',
    kind: provider,
    site: site('OF', 'Outpatient facility'),
    clinicians: ['cardiology', 'endocrinology', 'pulmonology'],
  },
  {
    key: 'women',
    name: "Women's Health Center",
    kind: provider,
    site: site('OF', 'Outpatient facility'),
    clinicians: ['obstetrics', 'obstetrics'],
  },
  {
    key: 'laboratory',
    name: 'Clinical Laboratory',
    kind: provider,
    site: site('OF', 'Outpatient facility'),
    clinicians: [],
  },
];

export type CareSiteKey = 'hospital' | 'family' | 'children' | 'specialists' | 'women' | 'laboratory';

export type CareSite = {
  readonly key: CareSiteKey;
  readonly name: string;
  readonly kind: typeof provider;
  readonly site: typeof provider;
  readonly clinicians: readonly Specialty[];
};

/** Who pays, with the type of coverage by the Source of Payment Typology. */
export const payers = {
  medicare: {
    name: 'Example Medicare Plan',
    kind: insurer,
    coverage: concept(coding(system.payment, '1', 'MEDICARE')),
  },
  medicaid: {
    name: 'Example Medicaid Plan',
    kind: insurer,
    coverage: concept(coding(system.payment, '2', 'MEDICAID')),
  },
  commercial: {
    name: 'Example Mutual Health',
    kind: insurer,
    coverage: concept(coding(system.payment, '512', 'Commercial Managed Care - PPO')),
  },
} as const;

export type PayerKey = keyof typeof payers;
