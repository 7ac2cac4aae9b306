import {
  normalizeString,
  type QuantitySearchValue,
  type ReferenceSearchValue,
  type SearchValue,
  type TokenSearchValue,
} from '@chartgate/fhir';
import { clinicalDate, isOrdered } from './ordered.ts';
import type { Terms } from './term.ts';

/** What is indexed of a resource. The compartments are those of patients, the first one deciding order and locality. */
export type ResourceFacts = {
  readonly type: string;
  readonly id: string;
  readonly values: readonly SearchValue[];
  readonly compartments: readonly { readonly type: 'Patient'; readonly id: string }[];
};

/** A row of `sx` and those of its side tables, but for `rid`, `tk` and `lu`. int8 as bigint (hashes) or number (times). */
export type IndexRow = {
  readonly pk: bigint;
  readonly idh: bigint;
  readonly pt: bigint | null;
  readonly dates: { readonly lo: Int8; readonly hi: Int8 } | null;
  readonly terms: readonly bigint[];
  readonly targets: readonly bigint[];
  readonly has: readonly bigint[];
  readonly kd: readonly { readonly h: bigint; readonly d: Int8 }[];
  readonly dt: readonly { readonly p: bigint; readonly lo: Int8; readonly hi: Int8 }[];
  readonly qty: readonly QuantityRow[];
  readonly str: readonly { readonly p: bigint; readonly val: string }[];
};

type Int8 = bigint | number;
type QuantityRow = {
  readonly p: bigint;
  readonly lo: number;
  readonly hi: number;
  readonly u: bigint | null;
  readonly c: bigint | null;
};

/** Characters of a normalized string that are indexed; a search for more matches by these. */
const stringLength = 200;
const [int8Min, int8Max] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Makes the rows of a version. @param lastUpdated ms since the epoch: the order of its tokens where it has no date */
export function indexRow(terms: Terms, facts: ResourceFacts, lastUpdated: number): IndexRow {
  const { type, id } = facts;
  const idh = terms.resource(type, id);
  const patient = facts.compartments[0];
  const pt = patient ? terms.resource('Patient', patient.id) : null;
  const into = new Rows(terms, type);
  for (const compartment of facts.compartments) into.terms.add(terms.compartment(compartment.type, compartment.id));
  for (const value of facts.values) into.add(value);
  const dates = into.limits && { lo: int8(into.limits.lo), hi: int8(into.limits.hi) };
  const d = dates?.lo ?? lastUpdated;
  return {
    pk: pt ?? idh,
    idh,
    pt,
    dates,
    terms: [...into.terms],
    targets: [...into.targets],
    has: [...into.has],
    kd: Array.from(into.ordered, (h) => ({ h, d })),
    dt: into.dt,
    qty: into.qty,
    str: [...into.strings].flatMap(([p, values]) => Array.from(values, (val) => ({ p, val }))),
  };
}

/** Collects what the values of one resource come to. */
class Rows {
  readonly terms = new Set<bigint>();
  readonly targets = new Set<bigint>();
  readonly has = new Set<bigint>();
  readonly ordered = new Set<bigint>();
  readonly strings = new Map<bigint, Set<string>>();
  readonly dt: { p: bigint; lo: Int8; hi: Int8 }[] = [];
  readonly qty: QuantityRow[] = [];
  /** Outer limits of the clinical date. */
  limits: { lo: number; hi: number } | null = null;
  private readonly of: Terms;
  private readonly type: string;
  private readonly clinical: string | undefined;

  constructor(terms: Terms, type: string) {
    this.of = terms;
    this.type = type;
    this.clinical = clinicalDate(type);
  }

  add(value: SearchValue): void {
    const { of, type } = this;
    const p = of.parameter(type, value.parameter);
    this.has.add(p);
    switch (value.kind) {
      case 'token':
        this.addToken(value);
        return;
      case 'reference':
        this.addReference(value);
        return;
      case 'string':
        this.addString(p, value.parameter, value.value);
        return;
      case 'date':
        this.addDate(p, value);
        return;
      case 'number':
        this.qty.push({ p, lo: value.lo, hi: value.hi, u: null, c: null });
        return;
      case 'quantity':
        this.addQuantity(p, value);
        return;
      case 'uri':
        this.terms.add(of.uri(type, value.parameter, value.value));
        // Its own canonical URL, by which what points at it is found (see search/points.ts).
        if (value.parameter === 'url') this.targets.add(of.url(value.value));
        return;
      default:
        value satisfies never;
    }
  }

  private addToken({ parameter, system, code }: TokenSearchValue): void {
    const { of, type } = this;
    if (code === undefined) {
      if (system !== undefined) this.terms.add(of.token(type, parameter, { system }));
      return;
    }
    const coding = of.coding(type, parameter, system, code);
    if (coding.system !== undefined) this.terms.add(coding.system);
    const place = isOrdered({ type: 'token', code: parameter });
    if (place !== 'terms') this.ordered.add(coding.exact).add(coding.any);
    if (place !== 'kd') this.terms.add(coding.exact).add(coding.any);
  }

  private addReference(value: ReferenceSearchValue): void {
    const { of, type } = this;
    const { parameter, identifier } = value;
    if (value.type !== undefined && value.id !== undefined) {
      this.terms.add(of.reference(type, parameter, value.type, value.id));
      this.targets.add(of.resource(value.type, value.id));
    }
    if (value.url !== undefined) {
      this.terms.add(of.referenceUrl(type, parameter, value.url));
      this.targets.add(of.url(value.url));
    }
    if (identifier) {
      const { system, value: code } = identifier;
      this.addToken({
        kind: 'token',
        parameter: `${parameter}:identifier`,
        ...(system === undefined ? {} : { system }),
        ...(code === undefined ? {} : { code }),
      });
    }
  }

  private addString(p: bigint, parameter: string, text: string): void {
    this.terms.add(this.of.exact(this.type, parameter, text));
    // U+0000 cannot be stored as text.
    const val = normalizeString(text).replaceAll('\0', '').slice(0, stringLength);
    const values = this.strings.get(p);
    if (values) values.add(val);
    else this.strings.set(p, new Set([val]));
  }

  private addDate(p: bigint, { parameter, lo, hi }: { parameter: string; lo: number; hi: number }): void {
    if (parameter === this.clinical) {
      const { limits } = this;
      this.limits = limits ? { lo: Math.min(limits.lo, lo), hi: Math.max(limits.hi, hi) } : { lo, hi };
      return;
    }
    this.dt.push({ p, lo: int8(lo), hi: int8(hi) });
  }

  private addQuantity(p: bigint, { lo, hi, system, code, unit }: QuantitySearchValue): void {
    const { of } = this;
    const u = system !== undefined && code !== undefined ? of.unit(system, code) : null;
    const names = new Set([code, unit].filter((name) => name !== undefined));
    if (names.size === 0) this.qty.push({ p, lo, hi, u, c: null });
    for (const name of names) {
      this.qty.push({ p, lo, hi, u: name === code ? u : null, c: of.unit(undefined, name) });
    }
  }
}

/** A time as an int8; an open end is the least or the greatest of them. */
function int8(time: number): Int8 {
  if (time === Number.NEGATIVE_INFINITY) return int8Min;
  return time === Number.POSITIVE_INFINITY ? int8Max : time;
}
