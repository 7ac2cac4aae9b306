import { coding, concept, loinc, system } from './system.ts';

/** Kinds of clinical notes, as DocumentReference.type. */
export const notes = {
  progress: concept(loinc('11506-3', 'Progress note')),
  history: concept(loinc('34117-2', 'History and physical note')),
  consult: concept(loinc('11488-4', 'Consult note')),
  discharge: concept(loinc('18842-5', 'Discharge summary')),
} as const;

export type NoteKey = keyof typeof notes;

/** Kinds of narrative reports, with the category that US Core gives them. */
export const narrativeReports = {
  chestImage: {
    category: concept(loinc('LP29684-5', 'Radiology')),
    code: concept(loinc('36643-5', 'XR Chest 2 Views')),
    text: 'Two views of the chest. Patchy opacity in the right lower lobe. No effusion. Impression: pneumonia.',
  },
  mammogram: {
    category: concept(loinc('LP29684-5', 'Radiology')),
    code: concept(loinc('24606-6', 'MG Breast Screening')),
    text: 'Bilateral screening mammogram. No suspicious mass or calcification. BI-RADS 1.',
  },
  electrocardiogram: {
    category: concept(loinc('LP29708-2', 'Cardiology')),
    code: concept(loinc('11524-6', 'EKG study')),
    text: 'Twelve leads. No acute ST change. Compared with the previous tracing: unchanged.',
  },
  colonPathology: {
    category: concept(loinc('LP7839-6', 'Pathology')),
    code: concept(loinc('11526-1', 'Pathology study')),
    text: 'Colon, polyp, biopsy: tubular adenoma, no high-grade dysplasia.',
  },
} as const;

export type NarrativeReportKey = keyof typeof narrativeReports;

export const noteCategory = concept(
  coding(`${system.usCore}/us-core-documentreference-category`, 'clinical-note', 'Clinical Note'),
);

export const noteFormat = coding(
  'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode',
  'urn:ihe:iti:xds:2017:mimeTypeSufficient',
  'mimeType Sufficient',
);
