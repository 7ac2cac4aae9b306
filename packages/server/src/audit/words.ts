import type { ListedRow } from '../store/audit-ports.ts';
import { actOf } from './acts.ts';
import { contentOf } from './row.ts';

/** What was done with a record, by kind: for an icon, or to count by. */
export type AccessKind = 'read' | 'search' | 'write' | 'delete' | 'access';

const kinds: Readonly<Record<string, AccessKind>> = {
  read: 'read',
  vread: 'read',
  'history-instance': 'read',
  'history-type': 'search',
  'history-system': 'search',
  'search-type': 'search',
  'search-system': 'search',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'delete',
  transaction: 'write',
  batch: 'write',
};

export function kindOfAccess({ action }: Pick<ListedRow, 'action'>): AccessKind {
  return kinds[action] ?? 'access';
}

/** A row in words for the patient whose record it is about. No value of the record, and none that was searched for, is in it. */
export function accessInWords(row: ListedRow): string {
  const act = actOf(row.action);
  if (act) return `${act.display}.`;
  const { what = '', written, emergency } = contentOf(row);
  const [type = '', id = '', inside] = what.split('/');
  const records = /^[A-Z][A-Za-z]+$/.test(type) ? type : '';
  const why = emergency ? `, in an emergency: ${emergency.reason}` : '';
  return `${done(row.action, { records, id, inside, count: written?.count ?? 0, what })}${why}.`;
}

type Object = {
  readonly records: string;
  readonly id: string;
  readonly inside: string | undefined;
  readonly count: number;
  readonly what: string;
};

function done(action: string, { records, inside, count, what }: Object): string {
  const one = records === '' ? 'a record' : `${/^[AEIO]/.test(records) ? 'an' : 'a'} ${records} record`;
  const many = records === '' ? 'records of all kinds' : `${records} records`;
  switch (action) {
    case 'read':
    case 'vread':
      return records === 'Patient' ? 'Read the name, address and birth date' : `Read ${one}`;
    case 'history-instance':
      return `Read the earlier versions of ${one}`;
    case 'history-type':
    case 'history-system':
      return `Read the changes of ${many}`;
    case 'search-type':
      return inside === undefined || inside === '_search' ? `Searched ${many}` : `Searched ${inside} records`;
    case 'search-system':
      return 'Searched records of all kinds';
    case 'create':
      return `Added ${one}`;
    case 'update':
    case 'patch':
      return `Changed ${one}`;
    case 'delete':
      return `Deleted ${one}`;
    case 'transaction':
    case 'batch':
      return count === 0 ? 'Read several records at once' : `Added or changed ${count} records at once`;
    default:
      return what.endsWith('/$everything') ? 'Read the whole record' : `Ran the operation ${what.split('/').at(-1)}`;
  }
}
