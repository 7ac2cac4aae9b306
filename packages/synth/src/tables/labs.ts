import { type Concept, coding, concept, loinc, snomed, system } from './system.ts';

/** A quantity that a laboratory reports. `code` is UCUM. */
export type Analyte = {
  readonly concept: Concept;
  readonly unit: string;
  readonly code: string;
  readonly decimals: number;
  /** Of a healthy person: mean, how much people differ, how much one person's results differ. */
  readonly mean: number;
  readonly between: number;
  readonly within: number;
  readonly low?: number;
  readonly high?: number;
};

export const analytes = {
  glucose: {
    concept: concept(loinc('2345-7', 'Glucose [Mass/volume] in Serum or Plasma')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 0,
    mean: 88,
    between: 6,
    within: 5,
    low: 70,
    high: 99,
  },
  ureaNitrogen: {
    concept: concept(loinc('3094-0', 'Urea nitrogen [Mass/volume] in Serum or Plasma')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 0,
    mean: 13,
    between: 2.5,
    within: 1.5,
    low: 7,
    high: 20,
  },
  creatinine: {
    concept: concept(loinc('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 2,
    mean: 0.88,
    between: 0.12,
    within: 0.04,
    low: 0.6,
    high: 1.2,
  },
  filtration: {
    concept: concept(
      loinc(
        '33914-3',
        'Glomerular filtration rate [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula (MDRD)/1.73 sq M',
      ),
    ),
    unit: 'mL/min/1.73 m2',
    code: 'mL/min/{1.73_m2}',
    decimals: 0,
    mean: 95,
    between: 8,
    within: 3,
    low: 60,
  },
  sodium: {
    concept: concept(loinc('2951-2', 'Sodium [Moles/volume] in Serum or Plasma')),
    unit: 'mmol/L',
    code: 'mmol/L',
    decimals: 0,
    mean: 140,
    between: 1.5,
    within: 1,
    low: 136,
    high: 145,
  },
  potassium: {
    concept: concept(loinc('2823-3', 'Potassium [Moles/volume] in Serum or Plasma')),
    unit: 'mmol/L',
    code: 'mmol/L',
    decimals: 1,
    mean: 4.2,
    between: 0.25,
    within: 0.15,
    low: 3.5,
    high: 5.1,
  },
  hemoglobinA1c: {
    concept: concept(loinc('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood')),
    unit: '%',
    code: '%',
    decimals: 1,
    mean: 5.2,
    between: 0.2,
    within: 0.1,
    high: 5.6,
  },
  cholesterol: {
    concept: concept(loinc('2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 0,
    mean: 178,
    between: 20,
    within: 6,
    high: 199,
  },
  triglycerides: {
    concept: concept(loinc('2571-8', 'Triglyceride [Mass/volume] in Serum or Plasma')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 0,
    mean: 110,
    between: 25,
    within: 10,
    high: 149,
  },
  ldl: {
    concept: concept(loinc('18262-6', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 0,
    mean: 104,
    between: 16,
    within: 5,
    high: 129,
  },
  hdl: {
    concept: concept(loinc('2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma')),
    unit: 'mg/dL',
    code: 'mg/dL',
    decimals: 0,
    mean: 54,
    between: 8,
    within: 2,
    low: 40,
  },
  leukocytes: {
    concept: concept(loinc('6690-2', 'Leukocytes [#/volume] in Blood by Automated count')),
    unit: '10*3/uL',
    code: '10*3/uL',
    decimals: 1,
    mean: 6.9,
    between: 1,
    within: 0.6,
    low: 4.5,
    high: 11,
  },
  hemoglobin: {
    concept: concept(loinc('718-7', 'Hemoglobin [Mass/volume] in Blood')),
    unit: 'g/dL',
    code: 'g/dL',
    decimals: 1,
    mean: 13.9,
    between: 0.7,
    within: 0.3,
    low: 12,
    high: 17.5,
  },
  hematocrit: {
    concept: concept(loinc('4544-3', 'Hematocrit [Volume Fraction] of Blood by Automated count')),
    unit: '%',
    code: '%',
    decimals: 1,
    mean: 41.5,
    between: 2,
    within: 0.8,
    low: 36,
    high: 50,
  },
  platelets: {
    concept: concept(loinc('777-3', 'Platelets [#/volume] in Blood by Automated count')),
    unit: '10*3/uL',
    code: '10*3/uL',
    decimals: 0,
    mean: 255,
    between: 40,
    within: 12,
    low: 150,
    high: 450,
  },
  thyrotropin: {
    concept: concept(loinc('3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma')),
    unit: 'm[IU]/L',
    code: 'm[IU]/L',
    decimals: 2,
    mean: 1.9,
    between: 0.5,
    within: 0.2,
    low: 0.4,
    high: 4.5,
  },
  albuminRatio: {
    concept: concept(loinc('9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine')),
    unit: 'mg/g',
    code: 'mg/g',
    decimals: 0,
    mean: 10,
    between: 4,
    within: 2,
    high: 29,
  },
  lead: {
    concept: concept(loinc('5671-3', 'Lead [Mass/volume] in Blood')),
    unit: 'ug/dL',
    code: 'ug/dL',
    decimals: 1,
    mean: 1.4,
    between: 0.5,
    within: 0.2,
    high: 3.4,
  },
} as const satisfies Record<string, Analyte>;

export type AnalyteKey = keyof typeof analytes;

/** A finding in words of a code system. */
export type Finding = { readonly concept: Concept; readonly value: Concept | string; readonly abnormal: boolean };

const specimen = (code: string, display: string) => concept(snomed(code, display));

const serum = specimen('119364003', 'Serum specimen (specimen)');
const blood = specimen('119297000', 'Blood specimen (specimen)');
const urine = specimen('122575003', 'Urine specimen (specimen)');
const throat = specimen('258529004', 'Throat swab (specimen)');

const positive = concept(snomed('260373001', 'Detected (qualifier value)'));
const negative = concept(snomed('260415000', 'Not detected (qualifier value)'));

export type Panel = {
  readonly concept: Concept;
  readonly specimen: Concept;
  readonly analytes: readonly AnalyteKey[];
  readonly findings?: readonly Finding[];
};

/** What is ordered together. */
export const panels = {
  metabolic: {
    concept: concept(loinc('24321-2', 'Basic metabolic 2000 panel - Serum or Plasma')),
    specimen: serum,
    analytes: ['glucose', 'ureaNitrogen', 'filtration', 'creatinine', 'sodium', 'potassium'],
  },
  lipid: {
    concept: concept(loinc('57698-3', 'Lipid panel with direct LDL - Serum or Plasma')),
    specimen: serum,
    analytes: ['triglycerides', 'ldl', 'hdl', 'cholesterol'],
  },
  bloodCount: {
    concept: concept(loinc('58410-2', 'CBC panel - Blood by Automated count')),
    specimen: blood,
    analytes: ['leukocytes', 'hemoglobin', 'hematocrit', 'platelets'],
  },
  hemoglobinA1c: {
    concept: concept(loinc('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood')),
    specimen: blood,
    analytes: ['hemoglobinA1c'],
  },
  thyroid: {
    concept: concept(loinc('3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma')),
    specimen: serum,
    analytes: ['thyrotropin'],
  },
  urineAlbumin: {
    concept: concept(loinc('9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine')),
    specimen: urine,
    analytes: ['albuminRatio'],
  },
  lead: { concept: concept(loinc('5671-3', 'Lead [Mass/volume] in Blood')), specimen: blood, analytes: ['lead'] },
  streptococcus: {
    concept: concept(loinc('78012-2', 'Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay')),
    specimen: throat,
    analytes: [],
    findings: [
      {
        concept: concept(loinc('78012-2', 'Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay')),
        value: positive,
        abnormal: true,
      },
    ],
  },
  urinalysis: {
    concept: concept(loinc('24357-6', 'Urinalysis macro (dipstick) panel - Urine')),
    specimen: urine,
    analytes: [],
    findings: [
      { concept: concept(loinc('5778-6', 'Color of Urine')), value: 'Yellow', abnormal: false },
      {
        concept: concept(loinc('5802-4', 'Nitrite [Presence] in Urine by Test strip')),
        value: positive,
        abnormal: true,
      },
      {
        concept: concept(loinc('2514-8', 'Ketones [Presence] in Urine by Test strip')),
        value: negative,
        abnormal: false,
      },
    ],
  },
} as const satisfies Record<string, Panel>;

export type PanelKey = keyof typeof panels;

const interpretation = (code: string, display: string) =>
  concept(coding(`${system.terminology}/v3-ObservationInterpretation`, code, display));

export const interpretations = {
  normal: interpretation('N', 'Normal'),
  low: interpretation('L', 'Low'),
  high: interpretation('H', 'High'),
  abnormal: interpretation('A', 'Abnormal'),
} as const;

export const laboratoryProcedure = concept(snomed('108252007', 'Laboratory procedure'));
export const reportCategory = concept(coding(`${system.terminology}/v2-0074`, 'LAB', 'Laboratory'));
