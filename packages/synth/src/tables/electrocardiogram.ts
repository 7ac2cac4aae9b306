import { concept, loinc, snomed } from './system.ts';

/** What is read from an electrocardiogram. */
export const tracing = {
  rhythm: concept(loinc('8884-9', 'Heart rate rhythm')),
  interval: concept(loinc('8634-8', 'Q-T interval')),
  impression: concept(loinc('18844-1', 'EKG impression')),
} as const;

export const rhythms = {
  sinus: concept(snomed('64730000', 'Normal sinus rhythm (finding)')),
  fibrillation: concept(snomed('49436004', 'Atrial fibrillation (disorder)')),
} as const;
