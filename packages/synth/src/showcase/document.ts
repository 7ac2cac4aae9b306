import { home, type Reference } from '../bundle.ts';
import { type Draft, fullName, refer } from '../chart.ts';
import { type DocumentKey, documents, reportDocuments } from '../tables/documents.ts';
import { type NarrativeReportKey, narrativeReports, noteCategory, noteFormat } from '../tables/notes.ts';
import { strip } from '../tables/showcase.ts';
import type { Concept } from '../tables/system.ts';
import type { Visit } from '../visit.ts';

type Attachment = { readonly contentType: string; readonly url: string; readonly title: string };

/** A document of a visit whose text is a Binary of its own. */
export function fileDocument(visit: Visit, key: DocumentKey): void {
  const { type, lines } = documents[key];
  const head = `${type.text}\n${fullName(visit.chart.person)}, ${visit.at.slice(0, 10)}`;
  addReference(
    visit,
    type,
    [visit.clinician.practitioner],
    keep(visit, 'text/plain', [head, ...lines].join('\n'), type.text),
  );
}

/** What a report in words rests on. */
export type Basis = { readonly text: string; readonly results: readonly Draft[]; readonly media?: Draft };

/** A report in words, by a clinician for an organization; filed as a document with the same attachment. */
export function fileReport(visit: Visit, key: NarrativeReportKey, { text, results, media }: Basis): void {
  const { chart, clinician, at } = visit;
  const report = narrativeReports[key];
  const attachment = keep(visit, 'text/plain', text, report.code.text);
  addReference(visit, reportDocuments[key], [clinician.practitioner], attachment);
  chart.add('DiagnosticReport', 'us-core-diagnosticreport-note', {
    status: 'final',
    category: [report.category],
    code: report.code,
    subject: chart.patient,
    encounter: visit.encounter,
    effectiveDateTime: at,
    issued: at,
    performer: [clinician.practitioner, clinician.site.organization],
    result: results.map(refer),
    ...(media && { media: [{ comment: 'Lead II', link: refer(media) }] }),
    conclusion: text,
    presentedForm: [attachment],
  });
}

function addReference(visit: Visit, type: Concept, author: readonly Reference[], attachment: Attachment): void {
  const { chart, clinician } = visit;
  const value = attachment.url.slice('Binary/'.length);
  chart.add('DocumentReference', 'us-core-documentreference', {
    identifier: [{ system: `${home}/document`, value }],
    status: 'current',
    type,
    category: [noteCategory],
    subject: chart.patient,
    date: visit.at,
    author,
    custodian: clinician.site.organization,
    content: [{ attachment, format: noteFormat }],
    context: { encounter: [visit.encounter], period: visit.draft.period },
  });
}

/** Its security is that of the patient's record. @see https://hl7.org/fhir/R4/binary.html#security */
function keep({ chart }: Visit, contentType: string, text: string, title: string): Attachment {
  const binary = chart.add('Binary', undefined, {
    contentType,
    securityContext: chart.patient,
    data: btoa(text),
  });
  return { contentType, url: `Binary/${binary.id}`, title };
}

/** A strip of an electrocardiogram as a small drawing. */
export function addStrip(visit: Visit): Draft {
  const { chart, at } = visit;
  return chart.add('Media', undefined, {
    status: 'completed',
    type: strip,
    subject: chart.patient,
    encounter: visit.encounter,
    createdDateTime: at,
    operator: visit.clinician.practitioner,
    content: keep(visit, 'image/svg+xml', tracingImage, 'Lead II'),
  });
}

/** One beat: P wave, QRS complex, T wave. */
const beat = 'h12q4-6 8 0h6l2 4 4-30 4 34 2-8h8q6-10 12 0h12';
const tracingImage = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 60">',
  `<path d="M0 40${beat.repeat(4)}" fill="none" stroke="black"/>`,
  '</svg>',
].join('');
