import {
  type CompositeSearchValue,
  compositeKey,
  normalizeString,
  r4SearchParameters,
  type SearchValue,
} from '@chartgate/fhir';
import { type QuantityColumns, quantityColumns } from './quantity-row.ts';
import { storable } from './string-value.ts';
import type { Terms } from './term.ts';

/** A row of `cmp` (see the migration). */
export type CompositeRow = Partial<QuantityColumns> & {
  readonly k: bigint;
  readonly s: bigint | null;
  readonly w: readonly bigint[];
  readonly lo2?: number;
  readonly hi2?: number;
  readonly val?: string;
};

/** Rows that one element comes to at most; what has more codes than that is indexed by the first of them. */
const maxRows = 200;

/**
 * The rows of an element: one for each code of its first part, times each number and string of the others. A composite
 * of which two parts are strings, or three numbers, has no place for the last one: it is not found by that part.
 */
export function compositeRows(of: Terms, { key, parts }: CompositeSearchValue): readonly CompositeRow[] {
  const [first = [], ...others] = parts;
  const w = others.flatMap((values, i) => values.flatMap((value) => hashes(of, key, i + 1, value)));
  let rows: readonly CompositeRow[] = first.flatMap((value) => heads(of, key, value)).map((head) => ({ ...head, w }));
  for (const values of others) {
    const columns = values.flatMap((value) => columnsOf(of, value));
    if (columns.length > 0) rows = rows.flatMap((row) => columns.map((more) => joined(row, more))).slice(0, maxRows);
  }
  return rows.slice(0, maxRows);
}

type Head = Pick<CompositeRow, 'k' | 's'>;

function heads(of: Terms, key: string, value: SearchValue): readonly Head[] {
  switch (value.kind) {
    case 'token': {
      if (value.code === undefined) return [];
      return [{ k: of.head(key, value.code), s: value.system === undefined ? null : of.system(value.system) }];
    }
    case 'reference':
      return value.type === undefined || value.id === undefined
        ? value.url === undefined
          ? []
          : [{ k: of.head(key, value.url), s: null }]
        : [{ k: of.head(key, `${value.type}/${value.id}`), s: null }];
    case 'uri':
      return [{ k: of.head(key, value.value), s: null }];
    default:
      return [];
  }
}

/** All that a search may name a value by, with the place of the part it is in. */
function hashes(of: Terms, key: string, part: number, value: SearchValue): readonly bigint[] {
  switch (value.kind) {
    case 'token':
      if (value.code === undefined) return [];
      return [of.part(key, part, value.code), of.part(key, part, value.code, value.system ?? null)];
    case 'reference':
      if (value.type !== undefined && value.id !== undefined) return [of.part(key, part, `${value.type}/${value.id}`)];
      return value.url === undefined ? [] : [of.part(key, part, value.url)];
    case 'uri':
      return [of.part(key, part, value.value)];
    default:
      return [];
  }
}

type Columns = { readonly numbers?: Partial<QuantityColumns>; readonly val?: string };

function columnsOf(of: Terms, value: SearchValue): readonly Columns[] {
  switch (value.kind) {
    case 'quantity':
      return [{ numbers: quantityColumns(of, value) }];
    case 'number':
    case 'date':
      return [{ numbers: { lo: value.lo, hi: value.hi } }];
    case 'string':
      return [{ val: storable(normalizeString(value.value)) }];
    default:
      return [];
  }
}

function joined(row: CompositeRow, { numbers, val }: Columns): CompositeRow {
  const text = val === undefined ? row : { ...row, val };
  if (numbers === undefined) return text;
  if (row.lo === undefined) return { ...text, ...numbers };
  return { ...text, lo2: numbers.lo ?? 0, hi2: numbers.hi ?? 0 };
}

/** Stands in a key for the element of an observation whose value was sampled over time. */
export const sampledPlace = 'Observation.sampled';

/**
 * The rows of an observation whose value was sampled over time: `value-quantity` finds its bounds, but R4's
 * `code-value-quantity` leaves it out. They are there for a search by code and value together (see search/pair.ts).
 */
export function sampledRows(of: Terms, type: string, values: readonly SearchValue[]): readonly CompositeRow[] {
  if (type !== 'Observation') return [];
  const amounts = values.filter(({ kind, parameter }) => kind === 'quantity' && parameter === 'value-quantity');
  if (amounts.length === 0 || values.some(({ parameter }) => parameter === composite)) return [];
  const codes = values.filter(({ kind, parameter }) => kind === 'token' && parameter === 'code');
  const parameter = r4SearchParameters.find(type, composite);
  const key = parameter ? compositeKey(parameter, sampledPlace) : '';
  return compositeRows(of, { kind: 'composite', parameter: composite, key, parts: [codes, amounts] });
}

const composite = 'code-value-quantity';
