import { type Draft, refer } from '../chart.ts';
import { dateText, yearDays } from '../date.ts';
import { type DeviceKey, devices } from '../tables/devices.ts';
import { orderCategories, type ProcedureKey, procedures } from '../tables/procedures.ts';
import type { Concept } from '../tables/system.ts';
import type { Visit } from '../visit.ts';

/** What was done at a visit. `order` asks for a ServiceRequest that it is based on. */
export function addProcedure(
  visit: Visit,
  key: ProcedureKey,
  options: { reason?: Concept; order?: keyof typeof orderCategories } = {},
): Draft {
  const { chart, at } = visit;
  const order = options.order && addServiceRequest(visit, procedures[key], options.order, options.reason);
  return chart.add('Procedure', 'us-core-procedure', {
    ...(order && { basedOn: [refer(order)] }),
    status: 'completed',
    code: procedures[key],
    subject: chart.patient,
    encounter: visit.encounter,
    performedDateTime: at,
    performer: [{ actor: visit.clinician.practitioner }],
    location: visit.clinician.site.location,
    ...(options.reason && { reasonCode: [options.reason] }),
  });
}

export function addServiceRequest(
  visit: Visit,
  code: Concept,
  category: keyof typeof orderCategories,
  reason?: Concept,
): Draft {
  const { chart, at } = visit;
  return chart.add('ServiceRequest', 'us-core-servicerequest', {
    status: 'completed',
    intent: 'order',
    category: [orderCategories[category]],
    code,
    subject: chart.patient,
    encounter: visit.encounter,
    occurrencePeriod: { start: at, end: at },
    authoredOn: at,
    requester: visit.clinician.practitioner,
    ...(reason && { reasonCode: [reason] }),
  });
}

/** A device with its unique identifier, made within the year before the visit. */
export function addDevice(visit: Visit, key: DeviceKey): void {
  const { chart, day } = visit;
  const { random } = chart;
  const { type, maker } = devices[key];
  const identifier = `9${random.digits(13)}`;
  const lot = `LOT${random.digits(4)}`;
  const serial = `SN${random.digits(7)}`;
  const made = day - random.int(30, 365);
  const expires = day + Math.round(yearDays * random.int(3, 8));
  const six = (date: number) => dateText(date).slice(2).replaceAll('-', '');
  chart.add('Device', 'us-core-implantable-device', {
    udiCarrier: [
      {
        deviceIdentifier: identifier,
        carrierHRF: `(01)${identifier}(11)${six(made)}(17)${six(expires)}(10)${lot}(21)${serial}`,
      },
    ],
    status: 'active',
    distinctIdentifier: identifier,
    manufacturer: maker,
    manufactureDate: dateText(made),
    expirationDate: dateText(expires),
    lotNumber: lot,
    serialNumber: serial,
    deviceName: [{ name: type.text, type: 'user-friendly-name' }],
    type,
    patient: chart.patient,
  });
}
