import type { Resource } from '@chartgate/fhir';
import type { ListedRow } from '../store/audit-ports.ts';
import { actOf } from './acts.ts';
import { type AuditContent, contentOf } from './row.ts';

/** Where the audit was written: the site's FHIR base, and its name. */
export type AuditPlace = { readonly base: string; readonly site: string };

const own = 'https://chartgate.dev/fhir';
const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition';

/**
 * A row as R4's AuditEvent, in the manner of IHE's Basic Audit Log Patterns. The id is `{chain}-{seq}`.
 * @see https://hl7.org/fhir/R4/auditevent.html
 * @see https://profiles.ihe.net/ITI/BALP/
 */
export function auditEventOf(row: ListedRow, place: AuditPlace): Resource {
  const content = contentOf(row);
  const emergency = content.emergency;
  const profile = profileOf(row, content);
  return {
    resourceType: 'AuditEvent',
    id: `${row.chain}-${row.seq}`,
    ...(profile === undefined ? {} : { meta: { profile: [profile] } }),
    ...kindOf(row),
    recorded: new Date(row.at).toISOString(),
    outcome: row.status < 400 ? '0' : row.status < 500 ? '4' : '8',
    ...(row.status < 400 ? {} : { outcomeDesc: outcomeText(row, content) }),
    ...(emergency ? { purposeOfEvent: [breakTheGlass(emergency.reason)] } : {}),
    agent: agentsOf(row, content, place),
    source: {
      site: place.site,
      observer: { display: place.base },
      type: [{ system: `${hl7}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    ...listOf('entity', entitiesOf(row, content, place)),
  };
}

/** BALP has a profile for what succeeded and is about no patient, or about one. */
function profileOf({ action, status, patients }: ListedRow, content: AuditContent): string | undefined {
  const isKnown = content.address !== undefined && content.what !== undefined;
  if (status >= 400 || !isKnown || (patients && patients.length > 1)) return undefined;
  const one = patients?.length === 1 ? 'Patient' : '';
  if (action === 'read' || action === 'vread') return `${balp}/IHE.BasicAudit.${one}Read`;
  if (action === 'search-type' || action === 'search-system') return `${balp}/IHE.BasicAudit.${one}Query`;
  return undefined;
}

const fhirActions: Readonly<Record<string, string>> = {
  create: 'C',
  read: 'R',
  vread: 'R',
  'history-instance': 'R',
  'history-type': 'R',
  'history-system': 'R',
  update: 'U',
  patch: 'U',
  delete: 'D',
};

function kindOf({ action }: ListedRow) {
  const act = actOf(action);
  if (act) {
    const subtype = { system: `${own}/CodeSystem/audit-act`, code: action, display: act.display };
    return { type: typeOfAct(action), subtype: [subtype], action: act.action };
  }
  return {
    type: { system: `${hl7}/audit-event-type`, code: 'rest', display: 'RESTful Operation' },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: action, display: action }],
    action: fhirActions[action] ?? 'E',
  };
}

function typeOfAct(act: string) {
  if (act === 'audit-read' || act === 'audit-verified') return coding(dicom, '110101', 'Audit Log Used');
  if (/^(sign|token|authorization|launch)/.test(act)) return coding(dicom, '110114', 'User Authentication');
  return coding(dicom, '110113', 'Security Alert');
}

function outcomeText({ status }: ListedRow, { refusal }: AuditContent): string {
  return typeof refusal === 'string' ? `HTTP ${status}: ${refusal}` : `HTTP ${status}`;
}

function breakTheGlass(reason: string) {
  return { coding: [coding(`${hl7}/v3-ActReason`, 'BTG', 'break the glass')], text: reason };
}

/** The client and the server take the sides that data flows between; whoever signed in, or administers, is the requestor. */
function agentsOf(row: ListedRow, content: AuditContent, { base }: AuditPlace): readonly object[] {
  const { administrator, fhirUser, authorizationId, address } = content;
  const isOfPerson = administrator !== undefined || row.accountId !== null || fhirUser !== undefined;
  const isRead = ['read', 'vread'].includes(row.action);
  const [receiving, sending] = [
    { coding: [coding(dicom, '110152', 'Destination Role ID')] },
    { coding: [coding(dicom, '110153', 'Source Role ID')] },
  ];
  const network = address === undefined ? {} : { network: { address, type: '2' } };
  const client =
    administrator === undefined && row.clientId !== null ? identified(row.clientId) : { display: 'unknown' };
  return [
    {
      type: isRead ? receiving : sending,
      who: client,
      requestor: !isOfPerson,
      ...(authorizationId === undefined ? {} : { policy: [`${own}/authorization/${authorizationId}`] }),
      ...network,
    },
    {
      type: isRead ? sending : receiving,
      who: { display: base },
      requestor: false,
      network: { address: base, type: '5' },
    },
    ...(isOfPerson ? [personOf(row, content)] : []),
  ];
}

function personOf({ accountId }: ListedRow, { administrator, fhirUser, emergency }: AuditContent): object {
  const type = { coding: [coding(`${hl7}/v3-ParticipationType`, 'IRCP', 'information recipient')] };
  if (administrator !== undefined) {
    return { type, who: { display: administrator }, name: administrator, requestor: true };
  }
  return {
    type,
    who: {
      ...(fhirUser === undefined ? {} : { reference: fhirUser }),
      ...(accountId === null ? {} : identified(accountId)),
    },
    requestor: true,
    ...(emergency ? { purposeOfUse: [breakTheGlass(emergency.reason)] } : {}),
  };
}

function entitiesOf(row: ListedRow, content: AuditContent, place: AuditPlace): readonly object[] {
  const patients = (row.patients ?? []).map((id) => ({
    what: { reference: `Patient/${id}` },
    type: coding(`${hl7}/audit-entity-type`, '1', 'Person'),
    role: coding(`${hl7}/object-role`, '1', 'Patient'),
  }));
  return [
    ...patients,
    ...(content.what === undefined ? actEntities(row, content) : chartEntities(row, content, place)),
  ];
}

const object = coding(`${hl7}/audit-entity-type`, '2', 'System Object');

function chartEntities({ action }: ListedRow, content: AuditContent, { base }: AuditPlace): readonly object[] {
  const { what = '', query, written } = content;
  const isResource = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(\/_history\/\d+)?$/.test(what);
  const references = written?.versions ?? (isResource ? [what] : []);
  const resources = references.map((reference) => ({
    what: { reference },
    type: object,
    role: coding(`${hl7}/object-role`, '4', 'Domain Resource'),
  }));
  const isQuery = action.startsWith('search') || query !== undefined || (!isResource && !written);
  const asked = `${base}/${what}${query === undefined ? '' : `?${query}`}`;
  return [
    ...resources,
    ...(isQuery ? [{ ...queryEntity(asked), ...(query === undefined ? {} : { description: namesIn(query) }) }] : []),
    ...(written && written.count > written.versions.length ? [detailEntity({ written: written.count })] : []),
  ];
}

function queryEntity(asked: string) {
  return {
    type: object,
    role: coding(`${hl7}/object-role`, '24', 'Query'),
    query: Buffer.from(asked).toString('base64'),
  };
}

/** The names of a query's parameters: what was asked by, without the values. */
function namesIn(query: string): string {
  return [...new Set(new URLSearchParams(query).keys())].join(', ').slice(0, 1000) || 'none';
}

/** Whom an act is about, and what else is said of it. */
function actEntities(row: ListedRow, content: AuditContent): readonly object[] {
  const isObject = content.administrator !== undefined || !actOf(row.action)?.isOfClient;
  const { address: _, administrator: __, authorizationId: ___, fhirUser: ____, ...said } = content;
  return [
    ...(isObject && row.clientId !== null ? [{ what: identified(row.clientId), type: object }] : []),
    ...(content.administrator !== undefined && row.accountId !== null
      ? [{ what: identified(row.accountId), type: object }]
      : []),
    ...(Object.keys(said).length > 0 ? [detailEntity(said)] : []),
  ];
}

function detailEntity(said: Readonly<Record<string, unknown>>): object {
  const detail = Object.entries(said).map(([type, value]) => ({ type, valueString: textOf(value) }));
  return { type: object, detail };
}

function textOf(value: unknown): string {
  const text = Array.isArray(value)
    ? value.join(' ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text || 'none';
}

function coding(system: string, code: string, display: string) {
  return { system, code, display };
}

function identified(value: string) {
  return { identifier: { value } };
}

/** FHIR knows no empty list. */
function listOf(name: string, items: readonly object[]): Readonly<Record<string, readonly object[]>> {
  return items.length === 0 ? {} : { [name]: items };
}
