import { concept, icd10, loinc, snomed } from './system.ts';

const answer = (code: string, display: string) => concept(loinc(code, display));
const often = answer('LA28397-0', 'Often true');
const sometimes = answer('LA6729-3', 'Sometimes true');
const never = answer('LA28398-8', 'Never true');

/** The Hunger Vital Sign: two questions and the risk that follows from the answers. */
export const hunger = {
  panel: concept(loinc('88121-9', 'Hunger Vital Sign [HVS]')),
  worried: concept(
    loinc('88122-7', '(I/We) worried whether (my/our) food would run out before (I/we) got money to buy more.'),
  ),
  lasted: concept(
    loinc('88123-5', "The food that (I/we) bought just didn't last, and (I/we) didn't have money to get more."),
  ),
  risk: concept(loinc('88124-3', 'Food insecurity risk [HVS]')),
  answers: { often, sometimes, never },
  atRisk: concept(loinc('LA19952-3', 'At risk')),
  noRisk: concept(loinc('LA19983-8', 'No risk')),
  condition: concept(snomed('733423003', 'Food insecurity (finding)'), icd10('Z59.41', 'Food insecurity')),
  referral: concept(snomed('467771000124109', 'Assistance with application for food pantry program')),
} as const;

export const depressionScores = {
  short: concept(loinc('55758-7', 'Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]')),
  full: concept(loinc('44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]')),
} as const;

export const smoking = {
  status: concept(loinc('72166-2', 'Tobacco smoking status')),
  never: concept(snomed('266919005', 'Never smoked tobacco (finding)')),
  former: concept(snomed('8517006', 'Ex-smoker (finding)')),
  current: concept(snomed('449868002', 'Smokes tobacco daily (finding)')),
} as const;

export const pregnancyStatus = {
  code: concept(loinc('82810-3', 'Pregnancy status')),
  pregnant: concept(snomed('77386006', 'Pregnant')),
  notPregnant: concept(snomed('60001007', 'Not pregnant')),
} as const;

export const pregnancyIntent = {
  code: concept(loinc('86645-9', 'Pregnancy intention in the next year - Reported')),
  unsure: concept(snomed('454381000124105', 'Not sure of desire to become pregnant (finding)')),
} as const;

export const occupationHistory = {
  code: concept(loinc('11341-5', 'History of Occupation')),
  industry: concept(loinc('86188-0', 'History of Occupation industry')),
} as const;
