import type { AuditRow } from '../store/audit-ports.ts';
import { type AuditEvent, isChartEvent } from './event.ts';

/** What `content` of a row holds: the event, without what stands in the columns beside. */
export type AuditContent = Readonly<Record<string, unknown>> & {
  readonly authorizationId?: string;
  readonly fhirUser?: string;
  readonly administrator?: string;
  readonly address?: string;
  /** Of a request of the FHIR API. */
  readonly what?: string;
  readonly query?: string;
  readonly written?: { readonly versions: readonly string[]; readonly count: number };
  readonly emergency?: { readonly patient: string; readonly reason: string };
};

/** A row that has no place in a chain yet. */
export type UnplacedRow = Omit<AuditRow, 'seq'>;

/** Characters that any one text of an event may have. */
const longest = 8192;

const actStatus = { refused: 400, 'sign-in-refused': 401, 'authorization-denied': 403 } as const;

/** The event as a row. @param at ms since the epoch */
export function rowOfEvent(event: AuditEvent, at: number): UnplacedRow {
  const { clientId, accountId, patients, ...rest } = event;
  const columns = {
    at: Math.floor(at),
    clientId: clientId === undefined ? null : columnText(clientId),
    accountId: accountId === undefined ? null : columnText(accountId),
    patients: patients === undefined || patients.length === 0 ? null : patients.map(columnText),
  };
  if (isChartEvent(rest)) {
    const { interaction, status, ...content } = rest;
    return { ...columns, action: interaction, status, content: contentText(content) };
  }
  const { act, ...content } = rest;
  const status = 'status' in content ? content.status : (actStatus[act as keyof typeof actStatus] ?? 200);
  return { ...columns, action: act, status, content: contentText(content) };
}

/** What a row says beside its columns. */
export function contentOf({ content }: Pick<AuditRow, 'content'>): AuditContent {
  return JSON.parse(content) as AuditContent;
}

/** Text for a column: nothing that the database would not give back as it was, and no more than an id may have. */
function columnText(text: string): string {
  return text.slice(0, 200).replaceAll('\0', '').toWellFormed();
}

function contentText(content: object): string {
  const text = JSON.stringify(content);
  return text.length <= longest ? text : JSON.stringify(content, bounded);
}

function bounded(_name: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > longest ? `${value.slice(0, longest)}…` : value;
}
