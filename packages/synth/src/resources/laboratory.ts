import { home, type Reference } from '../bundle.ts';
import { type Draft, refer } from '../chart.ts';
import { timeText } from '../date.ts';
import {
  type Analyte,
  type AnalyteKey,
  analytes,
  interpretations,
  laboratoryProcedure,
  type Panel,
  type PanelKey,
  panels,
  reportCategory,
} from '../tables/labs.ts';
import type { Concept } from '../tables/system.ts';
import { categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';
import { resultOf } from './laboratory-result.ts';
import { addObservation, quantity } from './observation.ts';

const laboratory = [categories.laboratory];

/** Orders a panel, takes the specimen, and reports the results on the same day. */
export function addPanel(visit: Visit, key: PanelKey, reason?: Concept): Draft {
  const { chart } = visit;
  const panel: Panel = panels[key];
  const order = addOrder(visit, panel, reason);
  const specimen = addSpecimen(visit, panel, order);
  const issued = timeText(visit.start + 4 * 3600 + chart.random.int(0, 90) * 60);
  const common = { specimen, issued, performer: [chart.network.sites.laboratory.organization] };
  const found: Partial<Record<AnalyteKey, number>> = {};
  const results = panel.analytes.map((analyte) => {
    const value = resultOf(visit, analyte, found);
    found[analyte] = value;
    return addQuantity(visit, analytes[analyte], value, common);
  });
  for (const finding of panel.findings ?? []) {
    results.push(
      addObservation(
        visit,
        'us-core-observation-lab',
        { category: laboratory, code: finding.concept },
        {
          ...common,
          ...(typeof finding.value === 'string'
            ? { valueString: finding.value }
            : { valueCodeableConcept: finding.value }),
          interpretation: [finding.abnormal ? interpretations.abnormal : interpretations.normal],
        },
      ),
    );
  }
  return addReport(visit, panel, { order, specimen, issued, results });
}

function addOrder(visit: Visit, panel: Panel, reason: Concept | undefined): Reference {
  const { chart, at } = visit;
  return refer(
    chart.add('ServiceRequest', 'us-core-servicerequest', {
      status: 'completed',
      intent: 'order',
      category: [laboratoryProcedure],
      code: panel.concept,
      subject: chart.patient,
      encounter: visit.encounter,
      occurrenceDateTime: at,
      authoredOn: at,
      requester: visit.clinician.practitioner,
      ...(reason && { reasonCode: [reason] }),
    }),
  );
}

function addSpecimen(visit: Visit, panel: Panel, order: Reference): Reference {
  const { chart, at } = visit;
  return refer(
    chart.add('Specimen', 'us-core-specimen', {
      accessionIdentifier: { system: `${home}/accession`, value: `${at.slice(0, 10)}-${chart.random.digits(6)}` },
      status: 'available',
      type: panel.specimen,
      subject: chart.patient,
      request: [order],
      collection: { collectedDateTime: at },
    }),
  );
}

function addQuantity(visit: Visit, analyte: Analyte, value: number, common: object): Draft {
  const { low, high, decimals, unit, code } = analyte;
  const bound = (limit: number) => quantity(limit, decimals, unit, code);
  return addObservation(
    visit,
    'us-core-observation-lab',
    { category: laboratory, code: analyte.concept },
    {
      ...common,
      valueQuantity: bound(value),
      interpretation: [interpretations[interpretationOf(bound(value).value, low, high)]],
      referenceRange: [
        { ...(low !== undefined && { low: bound(low) }), ...(high !== undefined && { high: bound(high) }) },
      ],
    },
  );
}

function interpretationOf(value: number, low: number | undefined, high: number | undefined): 'low' | 'high' | 'normal' {
  if (low !== undefined && value < low) return 'low';
  return high !== undefined && value > high ? 'high' : 'normal';
}

type Findings = { order: Reference; specimen: Reference; issued: string; results: readonly Draft[] };

function addReport(visit: Visit, panel: Panel, { order, specimen, issued, results }: Findings): Draft {
  const { chart } = visit;
  return chart.add('DiagnosticReport', 'us-core-diagnosticreport-lab', {
    basedOn: [order],
    status: 'final',
    category: [reportCategory],
    code: panel.concept,
    subject: chart.patient,
    encounter: visit.encounter,
    effectiveDateTime: visit.at,
    issued,
    performer: [chart.network.sites.laboratory.organization],
    specimen: [specimen],
    result: results.map(refer),
  });
}
