import { coding, concept, snomed, system } from './system.ts';

const taxonomy = (code: string, display: string) => concept(coding(system.taxonomy, code, display));

/** Kinds of clinicians: what they are called in a role, and in a care team. */
export const specialties = {
  family: {
    specialty: taxonomy('207Q00000X', 'Family Medicine Physician'),
    teamRole: concept(snomed('453231000124104', 'Primary care provider')),
  },
  pediatrics: {
    specialty: taxonomy('208000000X', 'Pediatrics Physician'),
    teamRole: concept(snomed('453231000124104', 'Primary care provider')),
  },
  internal: {
    specialty: taxonomy('207R00000X', 'Internal Medicine Physician'),
    teamRole: concept(snomed('453231000124104', 'Primary care provider')),
  },
  obstetrics: {
    specialty: taxonomy('207V00000X', 'Obstetrics & Gynecology Physician'),
    teamRole: concept(snomed('11935004', 'Obstetrician')),
  },
  endocrinology: {
    specialty: taxonomy('207RE0101X', 'Endocrinology, Diabetes & Metabolism Physician'),
    teamRole: concept(snomed('61894003', 'Endocrinologist')),
  },
  cardiology: {
    specialty: taxonomy('207RC0000X', 'Cardiovascular Disease Physician'),
    teamRole: concept(snomed('17561000', 'Cardiologist')),
  },
  pulmonology: {
    specialty: taxonomy('207RP1001X', 'Pulmonary Disease Physician'),
    teamRole: concept(snomed('41672002', 'Respiratory physician')),
  },
  emergency: {
    specialty: taxonomy('207P00000X', 'Emergency Medicine Physician'),
    teamRole: concept(snomed('309294001', 'Accident and Emergency doctor')),
  },
  radiology: {
    specialty: taxonomy('2085R0202X', 'Diagnostic Radiology Physician'),
    teamRole: concept(snomed('66862007', 'Radiologist')),
  },
  pharmacy: { specialty: taxonomy('183500000X', 'Pharmacist'), teamRole: concept(snomed('46255001', 'Pharmacist')) },
} as const;

export type Specialty = keyof typeof specialties;
