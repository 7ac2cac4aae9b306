import type { Chart } from '../chart.ts';
import { type Day, dateText } from '../date.ts';
import { refusal, route, sites, type VaccineKey, vaccines } from '../tables/vaccines.ts';
import type { Visit } from '../visit.ts';

/** A dose given at a visit; now and then refused. */
export function addVaccination(visit: Visit, key: VaccineKey, isRefused = visit.chart.random.chance(0.03)): void {
  const { chart, day } = visit;
  const { random } = chart;
  chart.add('Immunization', 'us-core-immunization', {
    status: isRefused ? 'not-done' : 'completed',
    ...(isRefused && { statusReason: refusal }),
    vaccineCode: vaccines[key],
    patient: chart.patient,
    encounter: visit.encounter,
    occurrenceDateTime: visit.at,
    primarySource: true,
    location: visit.clinician.site.location,
    ...(!isRefused && {
      lotNumber: `L${random.digits(5)}`,
      expirationDate: dateText(day + random.int(90, 600)),
      site: random.pick(sites),
      route,
      performer: [{ actor: visit.clinician.practitioner }],
    }),
  });
}

/** A dose of the years before, told by the family or another clinic. */
export function addReportedVaccination(chart: Chart, key: VaccineKey, day: Day): void {
  chart.add('Immunization', 'us-core-immunization', {
    status: 'completed',
    vaccineCode: vaccines[key],
    patient: chart.patient,
    occurrenceDateTime: dateText(day),
    primarySource: false,
  });
}
