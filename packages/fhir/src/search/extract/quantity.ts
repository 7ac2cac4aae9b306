import { ucum } from '../../ucum/quantity.ts';
import { comparableQuantity } from '../../ucum/usual.ts';
import type { QuantitySearchValue, SearchValue } from '../value.ts';
import { type Draft, numberOf, objectOf, textOf } from './read.ts';

/** How values of each data type become numbers. @see https://hl7.org/fhir/R4/search.html#number */
export const number = {
  number(out: SearchValue[], parameter: string, value: unknown): void {
    const plain = numberOf(value);
    if (plain !== undefined) out.push({ kind: 'number', parameter, lo: plain, hi: plain });
  },

  range(out: SearchValue[], parameter: string, value: unknown): void {
    const limits = limitsOf(value);
    if (limits) out.push({ kind: 'number', parameter, lo: limits.lo, hi: limits.hi });
  },
};

/** How values of each data type become quantities. @see https://hl7.org/fhir/R4/search.html#quantity */
export const quantity = {
  quantity(out: SearchValue[], parameter: string, value: unknown): void {
    const amount = numberOf(objectOf(value)?.value);
    if (amount === undefined) return;
    const comparator = textOf(objectOf(value)?.comparator) ?? '';
    const lo = comparator.startsWith('<') ? Number.NEGATIVE_INFINITY : amount;
    const hi = comparator.startsWith('>') ? Number.POSITIVE_INFINITY : amount;
    push(out, parameter, { lo, hi }, unitOf(value));
  },

  range(out: SearchValue[], parameter: string, value: unknown): void {
    const limits = limitsOf(value);
    if (!limits) return;
    const unit = { ...unitOf(objectOf(value)?.high), ...unitOf(objectOf(value)?.low) };
    push(out, parameter, limits, unit);
  },

  money(out: SearchValue[], parameter: string, value: unknown): void {
    const amount = numberOf(objectOf(value)?.value);
    const code = textOf(objectOf(value)?.currency);
    if (amount === undefined) return;
    const currency = code === undefined ? undefined : { system: 'urn:iso:std:iso:4217', code };
    out.push({ kind: 'quantity', parameter, lo: amount, hi: amount, ...currency });
  },

  /** "Just search on the bounds of the values in sampled data": one interval from the least to the greatest. */
  sampledData(out: SearchValue[], parameter: string, value: unknown): void {
    const sampled = objectOf(value);
    const origin = numberOf(objectOf(sampled?.origin)?.value);
    if (!sampled || origin === undefined) return;
    const factor = numberOf(sampled.factor) ?? 1;
    let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const text of (textOf(sampled.data) ?? '').split(/\s+/)) {
      const sample = sampleOf(text, sampled);
      if (sample === undefined) continue;
      const amount = origin + sample * factor;
      lo = Math.min(lo, amount);
      hi = Math.max(hi, amount);
    }
    if (lo <= hi) push(out, parameter, { lo, hi }, unitOf(sampled.origin));
  },
};

function push(out: SearchValue[], parameter: string, { lo, hi }: Limits, unit: Unit): void {
  const draft: Draft<QuantitySearchValue> = { kind: 'quantity', parameter, lo, hi, ...unit };
  const canonical = comparableOf({ lo, hi }, unit);
  if (canonical) draft.canonical = canonical;
  out.push(draft);
}

type Limits = { readonly lo: number; readonly hi: number };

/** An open end is open in every unit. */
function comparableOf({ lo, hi }: Limits, { system, code }: Unit): QuantitySearchValue['canonical'] {
  if (system !== ucum || code === undefined) return undefined;
  const [low, high] = [lo, hi].map((n) => (Number.isFinite(n) ? comparableQuantity(n, code) : { value: n, unit: '' }));
  if (!low || !high) return undefined;
  return { unit: low.unit || high.unit, lo: low.value, hi: high.value };
}

/** L and U stand for what lies beyond the device's limits; E is no value. */
function sampleOf(text: string, sampled: Readonly<Record<string, unknown>>): number | undefined {
  if (text === 'L') return numberOf(sampled.lowerLimit);
  if (text === 'U') return numberOf(sampled.upperLimit);
  return text === '' ? undefined : numberOf(Number(text));
}

function limitsOf(value: unknown): Limits | undefined {
  const low = numberOf(objectOf(objectOf(value)?.low)?.value);
  const high = numberOf(objectOf(objectOf(value)?.high)?.value);
  if (low === undefined && high === undefined) return undefined;
  return { lo: low ?? Number.NEGATIVE_INFINITY, hi: high ?? Number.POSITIVE_INFINITY };
}

function unitOf(value: unknown): Unit {
  const quantity = objectOf(value);
  const [system, code, unit] = [textOf(quantity?.system), textOf(quantity?.code), textOf(quantity?.unit)];
  const draft: Draft<Unit> = {};
  if (system !== undefined) draft.system = system;
  if (code !== undefined) draft.code = code;
  if (unit !== undefined) draft.unit = unit;
  return draft;
}

type Unit = Pick<QuantitySearchValue, 'system' | 'code' | 'unit'>;
