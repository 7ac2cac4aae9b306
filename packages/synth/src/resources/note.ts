import { home, type Reference } from '../bundle.ts';
import { type Draft, fullName, refer } from '../chart.ts';
import { encounters } from '../tables/encounters.ts';
import {
  type NarrativeReportKey,
  type NoteKey,
  narrativeReports,
  noteCategory,
  noteFormat,
  notes,
} from '../tables/notes.ts';
import type { Concept } from '../tables/system.ts';
import type { Visit } from '../visit.ts';

/** The clinician's note of a visit, as a small text attachment. */
export function addNote(visit: Visit, key: NoteKey, reason: Concept | undefined): void {
  const { chart, clinician, at } = visit;
  const type = notes[key];
  chart.add('DocumentReference', 'us-core-documentreference', {
    identifier: [{ system: `${home}/note`, value: visit.encounter.reference.slice('Encounter/'.length) }],
    status: 'current',
    type,
    category: [noteCategory],
    subject: chart.patient,
    date: at,
    author: [clinician.practitioner],
    custodian: clinician.site.organization,
    content: [{ attachment: attachment(noteText(visit, type, reason), type.text), format: noteFormat }],
    context: { encounter: [visit.encounter], period: visit.draft.period },
  });
}

/** A report in words, such as a radiologist's, on what was observed, where that is given. */
export function addNarrativeReport(visit: Visit, key: NarrativeReportKey, results: readonly Draft[] = []): void {
  const { chart, at } = visit;
  const report = narrativeReports[key];
  const performer = report.category.text === 'Radiology' ? chart.clinician('radiology') : visit.clinician;
  chart.add('DiagnosticReport', 'us-core-diagnosticreport-note', {
    status: 'final',
    category: [report.category],
    code: report.code,
    subject: chart.patient,
    encounter: visit.encounter,
    effectiveDateTime: at,
    issued: visit.at,
    performer: [performer.practitioner],
    ...(results.length > 0 && { result: results.map(refer) }),
    conclusion: report.text,
    presentedForm: [attachment(report.text, report.code.text)],
  });
}

function noteText(visit: Visit, type: Concept, reason: Concept | undefined): string {
  const { chart, day } = visit;
  const problems = [...chart.problems.values()]
    .filter((problem) => problem.onset <= day)
    .map((problem) => (problem.draft.code as Concept).text);
  const drugs = [...chart.orders.values()]
    .filter(({ draft }) => draft.status === 'active')
    .map(({ draft }) => drugOf(draft));
  return [
    `${type.text}, ${visit.at.slice(0, 10)}`,
    `${fullName(chart.person)}, ${Math.floor(chart.years(day))} years. ${encounters[visit.kind].type.text}.`,
    `Reason: ${reason?.text ?? 'routine visit'}.`,
    `Problems: ${problems.length > 0 ? problems.join('; ') : 'none'}.`,
    `Current medication: ${drugs.length > 0 ? drugs.join('; ') : 'none'}.`,
    'Plan: as discussed with the patient.',
  ].join('\n');
}

function drugOf({ medicationCodeableConcept, medicationReference }: Draft): string {
  return (medicationCodeableConcept as Concept | undefined)?.text ?? (medicationReference as Reference).display ?? '';
}

function attachment(text: string, title: string): object {
  return { contentType: 'text/plain', data: btoa(text), title };
}
