import type { AuditRow } from '../../audit-ports.ts';

/** A row of `audit_event`. */
export type AuditColumns = {
  chain: number;
  seq: string;
  at: string;
  action: string;
  status: number;
  client_id: string | null;
  account_id: string | null;
  patients: string[] | null;
  content: string;
  hash: Buffer;
  seal: Buffer | null;
};

export function rowOf(row: Omit<AuditColumns, 'hash' | 'seal'>): AuditRow {
  return {
    seq: Number(row.seq),
    at: Number(row.at),
    action: row.action,
    status: row.status,
    clientId: row.client_id,
    accountId: row.account_id,
    patients: row.patients,
    content: row.content,
  };
}
