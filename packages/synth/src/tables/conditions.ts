import type { PanelKey } from './labs.ts';
import type { MedicationKey } from './medications.ts';
import type { Specialty } from './specialties.ts';
import { type Concept, concept, icd10, snomed } from './system.ts';

const condition = (code: string, display: string, icd: string, icdDisplay: string) =>
  concept(snomed(code, display), icd10(icd, icdDisplay));

/** Share of people who have it, from an age in years on: `[[0, 0.08], [18, 0.05]]`. */
type Prevalence = readonly (readonly [from: number, share: number])[];

export type ChronicCondition = {
  readonly concept: Concept;
  readonly prevalence: Prevalence;
  readonly sex?: 'female' | 'male';
  /** How much likelier it is for someone who has another condition of this table, who smokes, or who is obese. */
  readonly likelier?: { readonly [cause: string]: number };
  readonly medications: readonly MedicationKey[];
  /** For about a third of those who have it. */
  readonly second?: MedicationKey;
  /** Months between visits for it. */
  readonly followUp: number;
  readonly panels: readonly PanelKey[];
  readonly specialist?: Specialty;
};

/** Long-lasting conditions, in the order in which they are drawn: causes before what they make likelier. */
export const chronicConditions = {
  prediabetes: {
    concept: condition('714628002', 'Prediabetes (finding)', 'R73.03', 'Prediabetes'),
    prevalence: [
      [18, 0.04],
      [40, 0.1],
      [60, 0.14],
    ],
    likelier: { obese: 1.8 },
    medications: [],
    followUp: 12,
    panels: ['hemoglobinA1c'],
  },
  diabetes: {
    concept: condition(
      '44054006',
      'Diabetes mellitus type 2 (disorder)',
      'E11.9',
      'Type 2 diabetes mellitus without complications',
    ),
    prevalence: [
      [18, 0.01],
      [30, 0.04],
      [45, 0.11],
      [65, 0.2],
    ],
    likelier: { obese: 2, prediabetes: 0.3 },
    medications: ['metformin'],
    second: 'insulin',
    followUp: 5,
    panels: ['hemoglobinA1c', 'metabolic', 'urineAlbumin', 'lipid'],
    specialist: 'endocrinology',
  },
  hypertension: {
    concept: condition('59621000', 'Essential hypertension (disorder)', 'I10', 'Essential (primary) hypertension'),
    prevalence: [
      [18, 0.03],
      [35, 0.15],
      [50, 0.35],
      [65, 0.55],
    ],
    likelier: { obese: 1.4, diabetes: 1.3 },
    medications: ['lisinopril'],
    second: 'amlodipine',
    followUp: 6,
    panels: ['metabolic'],
  },
  hyperlipidemia: {
    concept: condition('55822004', 'Hyperlipidemia (disorder)', 'E78.5', 'Hyperlipidemia, unspecified'),
    prevalence: [
      [25, 0.05],
      [40, 0.2],
      [60, 0.38],
    ],
    likelier: { obese: 1.3, diabetes: 1.4 },
    medications: ['atorvastatin'],
    followUp: 12,
    panels: ['lipid'],
  },
  asthma: {
    concept: condition('195967001', 'Asthma (disorder)', 'J45.909', 'Unspecified asthma, uncomplicated'),
    prevalence: [
      [2, 0.05],
      [5, 0.09],
      [18, 0.07],
    ],
    medications: ['albuterol'],
    second: 'fluticasone',
    followUp: 8,
    panels: [],
  },
  eczema: {
    concept: condition('24079001', 'Atopic dermatitis (disorder)', 'L20.9', 'Atopic dermatitis, unspecified'),
    prevalence: [
      [0, 0.08],
      [12, 0.03],
    ],
    likelier: { asthma: 2 },
    medications: ['hydrocortisone'],
    followUp: 18,
    panels: [],
  },
  rhinitis: {
    concept: condition('61582004', 'Allergic rhinitis (disorder)', 'J30.9', 'Allergic rhinitis, unspecified'),
    prevalence: [
      [4, 0.08],
      [18, 0.1],
    ],
    likelier: { asthma: 2.5 },
    medications: ['loratadine'],
    followUp: 18,
    panels: [],
  },
  coronary: {
    concept: condition(
      '53741008',
      'Coronary arteriosclerosis (disorder)',
      'I25.10',
      'Atherosclerotic heart disease of native coronary artery without angina pectoris',
    ),
    prevalence: [
      [45, 0.03],
      [60, 0.09],
      [75, 0.17],
    ],
    likelier: { hypertension: 1.5, diabetes: 1.6, smoker: 1.6 },
    medications: ['aspirin', 'metoprolol'],
    followUp: 6,
    panels: ['lipid'],
    specialist: 'cardiology',
  },
  fibrillation: {
    concept: condition('49436004', 'Atrial fibrillation (disorder)', 'I48.91', 'Unspecified atrial fibrillation'),
    prevalence: [
      [55, 0.02],
      [70, 0.07],
      [80, 0.12],
    ],
    likelier: { hypertension: 1.4 },
    medications: ['warfarin'],
    followUp: 6,
    panels: ['metabolic'],
    specialist: 'cardiology',
  },
  kidney: {
    concept: condition(
      '433144002',
      'Chronic kidney disease stage 3 (disorder)',
      'N18.30',
      'Chronic kidney disease, stage 3 unspecified',
    ),
    prevalence: [
      [50, 0.03],
      [65, 0.1],
      [80, 0.2],
    ],
    likelier: { hypertension: 1.3, diabetes: 1.8 },
    medications: [],
    followUp: 6,
    panels: ['metabolic', 'urineAlbumin'],
  },
  copd: {
    concept: condition(
      '13645005',
      'Chronic obstructive lung disease (disorder)',
      'J44.9',
      'Chronic obstructive pulmonary disease, unspecified',
    ),
    prevalence: [
      [45, 0.02],
      [60, 0.05],
    ],
    likelier: { smoker: 4 },
    medications: ['salmeterol'],
    second: 'albuterol',
    followUp: 6,
    panels: [],
    specialist: 'pulmonology',
  },
  hypothyroidism: {
    concept: condition('40930008', 'Hypothyroidism (disorder)', 'E03.9', 'Hypothyroidism, unspecified'),
    prevalence: [
      [25, 0.02],
      [50, 0.06],
    ],
    medications: ['levothyroxine'],
    followUp: 12,
    panels: ['thyroid'],
  },
  reflux: {
    concept: condition(
      '235595009',
      'Gastroesophageal reflux disease (disorder)',
      'K21.9',
      'Gastro-esophageal reflux disease without esophagitis',
    ),
    prevalence: [
      [25, 0.07],
      [50, 0.14],
    ],
    likelier: { obese: 1.4 },
    medications: ['omeprazole'],
    followUp: 12,
    panels: [],
  },
  depression: {
    concept: condition('35489007', 'Depressive disorder (disorder)', 'F32.A', 'Depression, unspecified'),
    prevalence: [
      [14, 0.06],
      [18, 0.09],
      [65, 0.06],
    ],
    medications: ['sertraline'],
    followUp: 6,
    panels: [],
  },
  anxiety: {
    concept: condition('21897009', 'Generalized anxiety disorder (disorder)', 'F41.1', 'Generalized anxiety disorder'),
    prevalence: [
      [16, 0.04],
      [18, 0.06],
    ],
    likelier: { depression: 3 },
    medications: ['sertraline'],
    followUp: 8,
    panels: [],
  },
  arthritis: {
    concept: condition(
      '239873007',
      'Osteoarthritis of knee (disorder)',
      'M17.9',
      'Osteoarthritis of knee, unspecified',
    ),
    prevalence: [
      [50, 0.1],
      [65, 0.22],
    ],
    likelier: { obese: 1.6 },
    medications: ['naproxen'],
    followUp: 12,
    panels: [],
  },
  osteoporosis: {
    concept: condition(
      '64859006',
      'Osteoporosis (disorder)',
      'M81.0',
      'Age-related osteoporosis without current pathological fracture',
    ),
    prevalence: [
      [60, 0.12],
      [75, 0.25],
    ],
    sex: 'female',
    medications: ['alendronate'],
    followUp: 12,
    panels: [],
  },
  backPain: {
    concept: condition('278860009', 'Chronic low back pain (finding)', 'M54.50', 'Low back pain, unspecified'),
    prevalence: [
      [30, 0.06],
      [50, 0.1],
    ],
    medications: ['ibuprofen'],
    followUp: 12,
    panels: [],
  },
} as const satisfies Record<string, ChronicCondition>;

export type ChronicKey = keyof typeof chronicConditions;

export const obesity = condition(
  '162864005',
  'Body mass index 30+ - obesity (finding)',
  'E66.9',
  'Obesity, unspecified',
);
export const pregnancy = condition(
  '72892002',
  'Normal pregnancy (finding)',
  'Z34.90',
  'Encounter for supervision of normal pregnancy, unspecified, unspecified trimester',
);

export type AcuteCondition = {
  readonly weight: number;
  readonly concept: Concept;
  readonly ages: readonly [from: number, to: number];
  readonly sex?: 'female' | 'male';
  readonly place: 'symptom' | 'emergency' | 'admission';
  /** Days until it is over. */
  readonly days: number;
  readonly medication?: MedicationKey;
  readonly panel?: PanelKey;
  readonly note?: 'chestImage';
  readonly fever?: true;
  /** The day, YYYY-MM-DD, before which it did not exist. */
  readonly since?: string;
};

/** What comes and goes. `weight` is how often, among the acute conditions of an age. */
export const acuteConditions: readonly AcuteCondition[] = [
  {
    weight: 20,
    concept: condition('444814009', 'Viral sinusitis (disorder)', 'J01.90', 'Acute sinusitis, unspecified'),
    ages: [5, 95],
    place: 'symptom',
    days: 14,
  },
  {
    weight: 16,
    concept: condition('195662009', 'Acute viral pharyngitis (disorder)', 'J02.9', 'Acute pharyngitis, unspecified'),
    ages: [2, 95],
    place: 'symptom',
    days: 10,
    medication: 'acetaminophen',
    fever: true,
  },
  {
    weight: 12,
    concept: condition('10509002', 'Acute bronchitis (disorder)', 'J20.9', 'Acute bronchitis, unspecified'),
    ages: [5, 95],
    place: 'symptom',
    days: 18,
    fever: true,
  },
  {
    weight: 22,
    concept: condition('65363002', 'Otitis media (disorder)', 'H66.90', 'Otitis media, unspecified, unspecified ear'),
    ages: [0.4, 8],
    place: 'symptom',
    days: 12,
    medication: 'amoxicillin',
    fever: true,
  },
  {
    weight: 9,
    concept: condition('43878008', 'Streptococcal sore throat (disorder)', 'J02.0', 'Streptococcal pharyngitis'),
    ages: [4, 40],
    place: 'symptom',
    days: 10,
    medication: 'penicillin',
    panel: 'streptococcus',
    fever: true,
  },
  {
    weight: 9,
    concept: condition(
      '307426000',
      'Acute infective cystitis (disorder)',
      'N30.00',
      'Acute cystitis without hematuria',
    ),
    ages: [16, 95],
    sex: 'female',
    place: 'symptom',
    days: 7,
    medication: 'nitrofurantoin',
    panel: 'urinalysis',
  },
  {
    weight: 8,
    concept: condition(
      '44465007',
      'Sprain of ankle (disorder)',
      'S93.409A',
      'Sprain of unspecified ligament of unspecified ankle, initial encounter',
    ),
    ages: [8, 70],
    place: 'emergency',
    days: 28,
    medication: 'ibuprofen',
  },
  {
    weight: 6,
    concept: condition(
      '25374005',
      'Gastroenteritis (disorder)',
      'K52.9',
      'Noninfective gastroenteritis and colitis, unspecified',
    ),
    ages: [0.5, 95],
    place: 'emergency',
    days: 5,
    panel: 'metabolic',
  },
  {
    weight: 6,
    concept: condition(
      '840539006',
      'Disease caused by severe acute respiratory syndrome coronavirus 2 (disorder)',
      'U07.1',
      'COVID-19',
    ),
    ages: [3, 95],
    place: 'symptom',
    days: 14,
    medication: 'acetaminophen',
    since: '2020-03-01',
    fever: true,
  },
  {
    weight: 4,
    concept: condition(
      '65966004',
      'Fracture of forearm (disorder)',
      'S52.90XA',
      'Unspecified fracture of unspecified forearm, initial encounter for closed fracture',
    ),
    ages: [4, 95],
    place: 'emergency',
    days: 60,
    medication: 'ibuprofen',
  },
  {
    weight: 4,
    concept: condition('233604007', 'Pneumonia (disorder)', 'J18.9', 'Pneumonia, unspecified organism'),
    ages: [50, 95],
    place: 'admission',
    days: 21,
    medication: 'amoxicillin',
    panel: 'bloodCount',
    note: 'chestImage',
    fever: true,
  },
];
