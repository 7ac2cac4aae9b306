import {
  type CompositeSearchValue,
  insideOf,
  normalizeString,
  type PositionSearchValue,
  type ReferenceSearchValue,
  type SearchValue,
  type TextWords,
  type TokenSearchValue,
  uriAncestors,
} from '@chartgate/fhir';
import { type CompositeRow, compositeRows, sampledRows } from './composite-row.ts';
import { clinicalDate, isOrdered } from './ordered.ts';
import { type QuantityColumns, quantityColumns } from './quantity-row.ts';
import { storable } from './string-value.ts';
import type { Terms } from './term.ts';
import { type TextRow, textRow } from './text-row.ts';

/** What is indexed of a resource. The compartments are those of patients, the first one deciding order and locality. */
export type ResourceFacts = {
  readonly type: string;
  readonly id: string;
  readonly values: readonly SearchValue[];
  readonly compartments: readonly { readonly type: 'Patient'; readonly id: string }[];
  /** Its words, for `_text` and `_content`. */
  readonly text?: TextWords;
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
  readonly cmp: readonly CompositeRow[];
  readonly txt: TextRow | null;
};

type Int8 = bigint | number;
type QuantityRow = QuantityColumns & { readonly p: bigint };

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
    cmp: [...into.cmp, ...sampledRows(terms, type, facts.values)],
    txt: textRow(facts.values, facts.text) ?? null,
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
  readonly cmp: CompositeRow[] = [];
  /** Outer limits of the clinical date. */
  limits: { lo: number; hi: number } | null = null;
  private readonly of: Terms;
  private readonly type: string;
  private readonly clinical: string | undefined;
  /** The parameter by which each kind of composite is indexed: others may find the same ones. */
  private readonly composites = new Map<string, string>();

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
        this.qty.push({ p, lo: value.lo, hi: value.hi, u: null, c: null, n: null, clo: null, chi: null });
        return;
      case 'quantity':
        this.qty.push({ p, ...quantityColumns(of, value) });
        return;
      case 'uri':
        this.terms.add(of.uri(type, value.parameter, value.value));
        this.addAncestors(value.parameter, value.value);
        // Its own canonical URL, by which what points at it is found (see search/points.ts).
        if (value.parameter === 'url') this.targets.add(of.url(value.value));
        return;
      case 'composite':
        this.addComposite(value);
        return;
      case 'position':
        this.addPosition(value);
        return;
      default:
        value satisfies never;
    }
  }

  private addToken({ parameter, system, code, types }: TokenSearchValue): void {
    const { of, type } = this;
    if (code === undefined) {
      if (system !== undefined) this.terms.add(of.token(type, parameter, { system }));
      return;
    }
    for (const one of types ?? []) {
      this.terms.add(of.ofType(type, parameter, { system: one.system ?? null, code: one.code, value: code }));
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
    if (value.version !== undefined) {
      this.terms.add(of.version(type, parameter, `${value.type}/${value.id}/_history/${value.version}`));
    }
    if (value.url !== undefined) {
      this.terms.add(of.referenceUrl(type, parameter, value.url));
      this.addAncestors(parameter, value.url);
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
    const val = storable(normalizeString(text));
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

  private addComposite(value: CompositeSearchValue): void {
    const key = insideOf(value.parameter) + value.key;
    const owner = this.composites.get(key) ?? value.parameter;
    this.composites.set(key, owner);
    if (owner === value.parameter) this.cmp.push(...compositeRows(this.of, { ...value, key }));
  }

  /** Degrees in the places of numbers: latitude, then longitude. */
  private addPosition({ parameter, latitude, longitude }: PositionSearchValue): void {
    const k = this.of.parameter(this.type, parameter);
    this.cmp.push({ k, s: null, w: [], lo: latitude, hi: latitude, lo2: longitude, hi2: longitude });
  }

  /** What `:below` finds it by. */
  private addAncestors(parameter: string, uri: string): void {
    for (const ancestor of uriAncestors(parameter, uri)) {
      if (ancestor !== uri) this.terms.add(this.of.below(this.type, parameter, ancestor));
    }
  }
}

/** A time as an int8; an open end is the least or the greatest of them. */
function int8(time: number): Int8 {
  if (time === Number.NEGATIVE_INFINITY) return int8Min;
  return time === Number.POSITIVE_INFINITY ? int8Max : time;
}
