import type { NarrativeReportKey } from './notes.ts';
import { concept, loinc } from './system.ts';

/** Documents that the showcase keeps as files: kind, and what they say. */
export const documents = {
  consult: {
    type: concept(loinc('11488-4', 'Consult note')),
    lines: ['Asked for: advice before a knee replacement.', 'Advice: no objection. Go on with the present medication.'],
  },
  admission: {
    type: concept(loinc('34117-2', 'History and physical note')),
    lines: ['Pain of the right knee for two years, worse on stairs.', 'Heart and lungs: nothing unusual.'],
  },
  procedure: {
    type: concept(loinc('28570-0', 'Procedure note')),
    lines: ['Total replacement of the right knee.', 'No complication. The implant is named in the device record.'],
  },
  progress: {
    type: concept(loinc('11506-3', 'Progress note')),
    lines: ['Second day: walks with a frame, little pain.', 'The wound is dry.'],
  },
  discharge: {
    type: concept(loinc('18842-5', 'Discharge summary')),
    lines: ['Goes home in good condition.', 'Physical therapy three times a week. Visit in six weeks.'],
  },
  laboratory: {
    type: concept(loinc('11502-2', 'Laboratory report')),
    lines: ['Results of the blood tests as listed in the record.', 'The serum was hemolyzed: no potassium reported.'],
  },
} as const;

export type DocumentKey = keyof typeof documents;

/** What the reports in words of the showcase say. */
export const findings = {
  chest: 'Two views of the chest. Clear lungs, heart of normal size. Impression: nothing that forbids anesthesia.',
  knee: 'Bone and cartilage of the right knee: wear, no inflammation, no tumor.',
  rhythm: 'Twelve leads. No acute ST change.',
} as const;

/** Which kind of document a narrative report is filed as. */
export const reportDocuments = {
  chestImage: concept(loinc('18748-4', 'Diagnostic imaging study')),
  mammogram: concept(loinc('18748-4', 'Diagnostic imaging study')),
  electrocardiogram: concept(loinc('11524-6', 'EKG study')),
  colonPathology: concept(loinc('11526-1', 'Pathology study')),
} as const satisfies Record<NarrativeReportKey, unknown>;
