import { coding, concept, system } from './system.ts';

const drug = (code: string, display: string) => concept(coding(system.rxnorm, code, display));

/** One way to take a drug: `every` hours, `dose` of `unit` (a UCUM code) each time. */
export type Regimen = {
  readonly drug: ReturnType<typeof drug>;
  readonly text: string;
  readonly dose: number;
  readonly unit: string;
  readonly frequency: number;
  readonly asNeeded?: true;
  /** Days of supply in one dispense, and how often it may be refilled. */
  readonly days: number;
  readonly refills: number;
};

const daily = (name: ReturnType<typeof drug>, text: string): Regimen => ({
  drug: name,
  text,
  dose: 1,
  unit: '{tbl}',
  frequency: 1,
  days: 90,
  refills: 3,
});
const course = (name: ReturnType<typeof drug>, text: string, frequency: number, days: number): Regimen => ({
  drug: name,
  text,
  dose: 1,
  unit: '{tbl}',
  frequency,
  days,
  refills: 0,
});
const inhaled = (name: ReturnType<typeof drug>, text: string): Regimen => ({
  drug: name,
  text,
  dose: 2,
  unit: '{puff}',
  frequency: 2,
  days: 30,
  refills: 5,
});

export const medications = {
  lisinopril: daily(drug('314076', 'lisinopril 10 MG Oral Tablet'), 'Take 1 tablet by mouth once daily'),
  amlodipine: daily(drug('197361', 'amLODIPine 5 MG Oral Tablet'), 'Take 1 tablet by mouth once daily'),
  hydrochlorothiazide: daily(
    drug('310798', 'Hydrochlorothiazide 25 MG Oral Tablet'),
    'Take 1 tablet by mouth every morning',
  ),
  metformin: {
    ...daily(
      drug('861007', 'metformin hydrochloride 500 MG Oral Tablet'),
      'Take 1 tablet by mouth twice daily with meals',
    ),
    frequency: 2,
  },
  insulin: {
    ...daily(
      drug('311041', 'insulin glargine 100 UNT/ML Injectable Solution'),
      'Inject 20 units under the skin at bedtime',
    ),
    dose: 20,
    unit: '[IU]',
    days: 30,
    refills: 5,
  },
  atorvastatin: daily(drug('617310', 'atorvastatin 20 MG Oral Tablet'), 'Take 1 tablet by mouth at bedtime'),
  aspirin: daily(drug('243670', 'aspirin 81 MG Oral Tablet'), 'Take 1 tablet by mouth once daily'),
  metoprolol: daily(
    drug('866412', '24 HR metoprolol succinate 100 MG Extended Release Oral Tablet'),
    'Take 1 tablet by mouth once daily',
  ),
  warfarin: daily(drug('855332', 'Warfarin Sodium 5 MG Oral Tablet'), 'Take 1 tablet by mouth every evening'),
  albuterol: {
    ...inhaled(
      drug('745752', 'NDA021457 200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler [ProAir]'),
      'Inhale 2 puffs every 4 to 6 hours as needed',
    ),
    frequency: 4,
    asNeeded: true,
  },
  fluticasone: inhaled(
    drug('895996', '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler [Flovent]'),
    'Inhale 2 puffs twice daily',
  ),
  salmeterol: {
    ...inhaled(
      drug('896209', '60 ACTUAT Fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler'),
      'Inhale 1 puff twice daily',
    ),
    dose: 1,
  },
  levothyroxine: daily(
    drug('966222', 'Levothyroxine Sodium 0.075 MG Oral Tablet'),
    'Take 1 tablet by mouth every morning before breakfast',
  ),
  omeprazole: {
    ...daily(
      drug('198051', 'omeprazole 20 MG Delayed Release Oral Capsule'),
      'Take 1 capsule by mouth once daily before a meal',
    ),
    unit: '{capsule}',
  },
  sertraline: daily(drug('312941', 'sertraline 50 MG Oral Tablet'), 'Take 1 tablet by mouth once daily'),
  alendronate: daily(
    drug('904419', 'Alendronic acid 10 MG Oral Tablet'),
    'Take 1 tablet by mouth every morning with water',
  ),
  naproxen: {
    ...course(
      drug('849574', 'Naproxen sodium 220 MG Oral Tablet'),
      'Take 1 tablet by mouth every 12 hours as needed for pain',
      2,
      30,
    ),
    asNeeded: true,
  },
  loratadine: daily(drug('311372', 'Loratadine 10 MG Oral Tablet'), 'Take 1 tablet by mouth once daily'),
  hydrocortisone: {
    ...course(
      drug('106258', 'Hydrocortisone 10 MG/ML Topical Cream'),
      'Apply a thin layer twice daily to the affected skin',
      2,
      14,
    ),
    unit: '{application}',
  },
  epinephrine: {
    ...course(
      drug('1870230', 'NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector'),
      'Inject into the thigh for a severe allergic reaction',
      1,
      1,
    ),
    unit: '{each}',
    asNeeded: true,
  },
  iron: daily(drug('310325', 'ferrous sulfate 325 MG Oral Tablet'), 'Take 1 tablet by mouth once daily'),
  amoxicillin: course(
    drug('308192', 'Amoxicillin 500 MG Oral Tablet'),
    'Take 1 tablet by mouth three times daily for 10 days',
    3,
    10,
  ),
  penicillin: course(
    drug('834061', 'Penicillin V Potassium 250 MG Oral Tablet'),
    'Take 1 tablet by mouth four times daily for 10 days',
    4,
    10,
  ),
  nitrofurantoin: {
    ...course(
      drug('1648755', 'nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule'),
      'Take 1 capsule by mouth twice daily for 5 days',
      2,
      5,
    ),
    unit: '{capsule}',
  },
  ibuprofen: {
    ...course(
      drug('206905', 'Ibuprofen 400 MG Oral Tablet [Ibu]'),
      'Take 1 tablet by mouth every 6 hours as needed for pain',
      4,
      7,
    ),
    asNeeded: true,
  },
  acetaminophen: {
    ...course(
      drug('313782', 'Acetaminophen 325 MG Oral Tablet'),
      'Take 1 tablet by mouth every 6 hours as needed for fever or pain',
      4,
      7,
    ),
    asNeeded: true,
  },
} as const satisfies Record<string, Regimen>;

export type MedicationKey = keyof typeof medications;
