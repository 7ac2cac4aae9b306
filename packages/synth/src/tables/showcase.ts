import { coding, concept, loinc, snomed, system } from './system.ts';

/** Questions and their answers that only the showcase asks. */
export const questions = {
  exercisePanel: concept(loinc('89574-8', 'Exercise Vital Sign (EVS)')),
  exerciseDays: concept(
    loinc(
      '89555-7',
      'How many days per week did you engage in moderate to strenuous physical activity in the last 30 days',
    ),
  ),
  exerciseMinutes: concept(
    loinc(
      '68516-4',
      'On those days that you engage in moderate to strenuous exercise, how many minutes, on average, do you exercise?',
    ),
  ),
  alcoholScore: concept(loinc('75626-2', 'Total score [AUDIT-C]')),
  income: concept(
    loinc(
      '63586-2',
      'What was your best estimate of the total income of all family members from all sources, before taxes, in last year?',
    ),
  ),
  housing: concept(loinc('93033-9', 'Are you worried about losing your housing?')),
  stress: concept(loinc('93038-8', 'Stress level')),
  fallRisk: concept(loinc('59460-6', 'Fall risk total [Morse Fall Scale]')),
  coma: concept(loinc('9269-2', 'Glasgow coma score total')),
  depressionPanel: concept(loinc('44249-1', 'PHQ-9 quick depression assessment panel [Reported.PHQ]')),
  depressionSeverity: concept(loinc('94023-9', 'Depression severity')),
} as const;

export const answers = {
  somewhat: concept(loinc('LA13909-9', 'Somewhat')),
  moderate: concept(loinc('LA6751-7', 'Moderate')),
} as const;

/** What is noted without a questionnaire. */
export const remarks = {
  functional: concept(loinc('75276-6', 'Functional status [Interpretation]')),
  dressing: concept(snomed('129035000', 'Independent with dressing (finding)')),
  cognition: concept(loinc('11332-4', 'History of Cognitive Function Narrative')),
  transport: concept(snomed('160695008', 'Transport too expensive')),
  drinks: concept(loinc('74013-4', 'Alcoholic drinks per day')),
  packYears: concept(snomed('401201003', 'Cigarette pack-years (observable entity)')),
  orientation: concept(loinc('76690-7', 'Sexual orientation')),
  neckVein: concept(loinc('69428-1', 'Jugular vein distension')),
  image: concept(loinc('18782-3', 'Radiology Study observation (narrative)')),
} as const;

export const socialProblems = {
  transport: concept(snomed('713458007', 'Lack of access to transportation (finding)')),
} as const;

export const preferences = {
  treatment: concept(loinc('75773-2', 'Goals, preferences, and priorities for medical treatment [Reported]')),
  care: concept(loinc('95541-9', 'Care experience preference')),
} as const;

/** How a patient takes a drug, and who says so. */
export const adherence = {
  partial: concept(snomed('275928001', 'Drugs - partial non-compliance (finding)')),
  patient: concept(snomed('116154003', 'Patient (person)')),
} as const;

export const physicalTherapy = concept(snomed('91251008', 'Physical therapy procedure (regime/therapy)'));

/** What was wrong with a specimen, and where it was taken. */
export const hemolyzed = concept(coding(`${system.terminology}/v2-0493`, 'HEM', 'Hemolyzed'));
export const rightArm = concept(snomed('368209003', 'Right arm'));

export const strip = concept(coding(`${system.terminology}/media-type`, 'image', 'Image'));

export const unknownValue = coding(`${system.terminology}/v3-NullFlavor`, 'UNK', 'unknown');
