import { coding, concept, snomed, system } from './system.ts';

const race = (code: string, display: string) => coding(system.race, code, display);

/** OMB race categories, roughly as often as in the United States; some with a detailed one. */
export const races = [
  { weight: 60, category: race('2106-3', 'White') },
  { weight: 13, category: race('2054-5', 'Black or African American') },
  { weight: 3, category: race('2028-9', 'Asian'), detailed: race('2036-2', 'Filipino') },
  { weight: 4, category: race('2028-9', 'Asian'), detailed: race('2034-7', 'Chinese') },
  {
    weight: 2,
    category: race('1002-5', 'American Indian or Alaska Native'),
    tribe: concept(coding(`${system.terminology}/v3-TribalEntityUS`, '40', 'Cherokee Nation')),
  },
  { weight: 1, category: race('2076-8', 'Native Hawaiian or Other Pacific Islander') },
  { weight: 8, category: race('2131-1', 'Other Race') },
] as const;

export const ethnicities = [
  { weight: 81, category: race('2186-5', 'Not Hispanic or Latino') },
  { weight: 12, category: race('2135-2', 'Hispanic or Latino'), detailed: race('2148-5', 'Mexican') },
  { weight: 7, category: race('2135-2', 'Hispanic or Latino') },
] as const;

const language = (code: string, display: string) => concept(coding(system.language, code, display));

export const languages = [
  { weight: 84, concept: language('en', 'English') },
  { weight: 12, concept: language('es', 'Spanish') },
  { weight: 2, concept: language('zh', 'Chinese') },
  { weight: 2, concept: language('vi', 'Vietnamese') },
] as const;

const marital = (code: string, display: string) =>
  concept(coding(`${system.terminology}/v3-MaritalStatus`, code, display));

export const maritalStatuses = {
  married: marital('M', 'Married'),
  never: marital('S', 'Never Married'),
  divorced: marital('D', 'Divorced'),
  widowed: marital('W', 'Widowed'),
} as const;

export const birthSexes = {
  female: {
    code: 'F',
    sex: '248152002',
    identity: concept(snomed('446141000124107', 'Identifies as female gender (finding)')),
  },
  male: {
    code: 'M',
    sex: '248153007',
    identity: concept(snomed('446151000124109', 'Identifies as male gender (finding)')),
  },
} as const;

/** Years of age, from the youngest to the oldest of a band, weighted to give each age of life its share of patients. */
export const ages = [
  { weight: 6, from: 0, to: 2 },
  { weight: 8, from: 2, to: 10 },
  { weight: 8, from: 10, to: 18 },
  { weight: 24, from: 18, to: 40 },
  { weight: 28, from: 40, to: 65 },
  { weight: 18, from: 65, to: 80 },
  { weight: 8, from: 80, to: 94 },
] as const;

const relationship = (code: string, display: string) => concept(coding(system.roleCode, code, display));

export const relationships = {
  mother: relationship('MTH', 'mother'),
  father: relationship('FTH', 'father'),
  spouse: relationship('SPS', 'spouse'),
  daughter: relationship('DAU', 'natural daughter'),
  son: relationship('SON', 'natural son'),
} as const;
