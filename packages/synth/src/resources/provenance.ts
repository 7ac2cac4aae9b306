import { type Chart, type Draft, refer } from '../chart.ts';
import type { Clinician } from '../network.ts';
import { coding, concept, system } from '../tables/system.ts';

const author = concept(coding(`${system.terminology}/provenance-participant-type`, 'author', 'Author'));
const transmitter = concept(
  coding(`${system.usCore}/us-core-provenance-participant-type`, 'transmitter', 'Transmitter'),
);

/**
 * Says who wrote the drafts, and which organization passed them on. The patient is always among the targets: by that
 * R4 puts a Provenance into the patient's compartment. `recorded` is a FHIR instant.
 */
export function addProvenance(chart: Chart, drafts: readonly Draft[], recorded: string, clinician: Clinician): void {
  const { organization } = clinician.site;
  chart.add('Provenance', 'us-core-provenance', {
    target: [...new Map([chart.patient, ...drafts.map(refer)].map((to) => [to.reference, to])).values()],
    recorded,
    agent: [
      { type: author, who: clinician.practitioner, onBehalfOf: organization },
      { type: transmitter, who: organization },
    ],
  });
}
