import { type Concept, coding, concept, loinc, system } from './system.ts';

/** A vital sign: LOINC, unit as printed, UCUM code, profile under US Core. */
export type Vital = {
  readonly concept: Concept;
  readonly unit: string;
  readonly code: string;
  readonly profile: string;
};

export const vitals = {
  height: { concept: concept(loinc('8302-2', 'Body height')), unit: 'cm', code: 'cm', profile: 'us-core-body-height' },
  weight: { concept: concept(loinc('29463-7', 'Body weight')), unit: 'kg', code: 'kg', profile: 'us-core-body-weight' },
  bmi: {
    concept: concept(loinc('39156-5', 'Body mass index (BMI) [Ratio]')),
    unit: 'kg/m2',
    code: 'kg/m2',
    profile: 'us-core-bmi',
  },
  bmiPercentile: {
    concept: concept(loinc('59576-9', 'Body mass index (BMI) [Percentile] Per age and sex')),
    unit: '%',
    code: '%',
    profile: 'pediatric-bmi-for-age',
  },
  weightForLength: {
    concept: concept(loinc('77606-2', 'Weight-for-length Per age and sex')),
    unit: '%',
    code: '%',
    profile: 'pediatric-weight-for-height',
  },
  headCircumference: {
    concept: concept(loinc('9843-4', 'Head Occipital-frontal circumference')),
    unit: 'cm',
    code: 'cm',
    profile: 'us-core-head-circumference',
  },
  headPercentile: {
    concept: concept(loinc('8289-1', 'Head Occipital-frontal circumference Percentile')),
    unit: '%',
    code: '%',
    profile: 'head-occipital-frontal-circumference-percentile',
  },
  temperature: {
    concept: concept(loinc('8310-5', 'Body temperature')),
    unit: 'Cel',
    code: 'Cel',
    profile: 'us-core-body-temperature',
  },
  heartRate: {
    concept: concept(loinc('8867-4', 'Heart rate')),
    unit: '/min',
    code: '/min',
    profile: 'us-core-heart-rate',
  },
  respiratoryRate: {
    concept: concept(loinc('9279-1', 'Respiratory rate')),
    unit: '/min',
    code: '/min',
    profile: 'us-core-respiratory-rate',
  },
  oxygen: {
    concept: concept(
      loinc('2708-6', 'Oxygen saturation in Arterial blood'),
      loinc('59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry'),
    ),
    unit: '%',
    code: '%',
    profile: 'us-core-pulse-oximetry',
  },
} as const satisfies Record<string, Vital>;

export type VitalKey = keyof typeof vitals;

export const bloodPressure = {
  panel: concept(loinc('85354-9', 'Blood pressure panel with all children optional')),
  systolic: concept(loinc('8480-6', 'Systolic blood pressure')),
  diastolic: concept(loinc('8462-4', 'Diastolic blood pressure')),
} as const;

export const oxygenFlow = concept(loinc('3151-8', 'Inhaled oxygen flow rate'));
export const oxygenConcentration = concept(loinc('3150-0', 'Inhaled oxygen concentration'));

const category = (code: string, display: string) =>
  concept(coding(`${system.terminology}/observation-category`, code, display));

const usCoreCategory = (code: string, display: string) =>
  concept(coding(`${system.usCore}/us-core-category`, code, display));

export const categories = {
  vitalSigns: category('vital-signs', 'Vital Signs'),
  laboratory: category('laboratory', 'Laboratory'),
  socialHistory: category('social-history', 'Social History'),
  survey: category('survey', 'Survey'),
  procedure: category('procedure', 'Procedure'),
  activity: category('activity', 'Activity'),
  exam: category('exam', 'Exam'),
  imaging: category('imaging', 'Imaging'),
  sdoh: usCoreCategory('sdoh', 'SDOH'),
  functional: usCoreCategory('functional-status', 'Functional Status'),
  disability: usCoreCategory('disability-status', 'Disability Status'),
  cognitive: usCoreCategory('cognitive-status', 'Cognitive Status'),
  treatmentPreference: usCoreCategory('treatment-intervention-preference', 'Treatment Intervention Preference'),
  carePreference: usCoreCategory('care-experience-preference', 'Care Experience Preference'),
} as const;

const absent = (code: string, display: string) =>
  concept(coding(`${system.terminology}/data-absent-reason`, code, display));

export const dataAbsent = absent('not-performed', 'Not Performed');

/** Other reasons why something is not known. */
export const absentReasons = {
  unknown: absent('unknown', 'Unknown'),
  declined: absent('asked-declined', 'Asked But Declined'),
} as const;

/** A mean of blood pressures measured over some days, such as at home. */
export const averageBloodPressure = {
  panel: concept(loinc('96607-7', 'Blood pressure panel mean systolic and mean diastolic')),
  systolic: concept(loinc('96608-5', 'Systolic blood pressure mean')),
  diastolic: concept(loinc('96609-3', 'Diastolic blood pressure mean')),
} as const;
