import { coding, concept, icd10, snomed, system } from './system.ts';

const ambulatory = coding(system.actCode, 'AMB', 'ambulatory');
const emergency = coding(system.actCode, 'EMER', 'emergency');
const inpatient = coding(system.actCode, 'IMP', 'inpatient encounter');

/** Kinds of visits: class, type, why, and how long they take in minutes. */
export const encounters = {
  wellChild: {
    class: ambulatory,
    type: concept(snomed('410620009', 'Well child visit (procedure)')),
    reason: concept(icd10('Z00.129', 'Encounter for routine child health examination without abnormal findings')),
    minutes: 30,
  },
  wellness: {
    class: ambulatory,
    type: concept(snomed('162673000', 'General examination of patient (procedure)')),
    reason: concept(icd10('Z00.00', 'Encounter for general adult medical examination without abnormal findings')),
    minutes: 45,
  },
  followUp: { class: ambulatory, type: concept(snomed('390906007', 'Follow-up encounter (procedure)')), minutes: 30 },
  problem: { class: ambulatory, type: concept(snomed('185347001', 'Encounter for problem (procedure)')), minutes: 30 },
  symptom: { class: ambulatory, type: concept(snomed('185345009', 'Encounter for symptom (procedure)')), minutes: 15 },
  emergency: {
    class: emergency,
    type: concept(snomed('50849002', 'Emergency room admission (procedure)')),
    minutes: 180,
  },
  admission: {
    class: inpatient,
    type: concept(snomed('32485007', 'Hospital admission (procedure)')),
    minutes: 3 * 1440,
  },
  prenatal: { class: ambulatory, type: concept(snomed('424619006', 'Prenatal visit (regime/therapy)')), minutes: 30 },
  delivery: {
    class: inpatient,
    type: concept(snomed('183460006', 'Obstetric emergency hospital admission (procedure)')),
    minutes: 2 * 1440,
  },
  postnatal: { class: ambulatory, type: concept(snomed('169762003', 'Postnatal visit (regime/therapy)')), minutes: 30 },
} as const;

export type EncounterKind = keyof typeof encounters;

const disposition = (code: string, display: string) =>
  concept(coding(`${system.terminology}/discharge-disposition`, code, display));

export const dispositions = { home: disposition('home', 'Home'), expired: disposition('exp', 'Expired') } as const;

export const performer = concept(coding(`${system.terminology}/v3-ParticipationType`, 'PPRF', 'primary performer'));
