import { valueSet } from '../definitions/value-set.ts';
import type { Report } from './report.ts';

/** A required binding that can be checked from the codes at hand. */
export type Binding = {
  /** For a `code`, whose system is implied. */
  readonly codes: ReadonlySet<unknown>;
  readonly has: (system: unknown, code: unknown) => boolean;
  readonly report: (report: Report, at: string) => void;
};

const bindings = new Map<string, Binding | undefined>();

/** The binding to a value set; undefined where some of its codes are not at hand, so that nothing can be refused. */
export function bindingTo(canonical: string): Binding | undefined {
  if (!bindings.has(canonical)) bindings.set(canonical, makeBinding(canonical));
  return bindings.get(canonical);
}

function makeBinding(canonical: string): Binding | undefined {
  const systems = new Map<unknown, ReadonlySet<unknown>>();
  for (const [system, codes] of Object.entries(valueSet(canonical) ?? {})) {
    if (codes === null) return undefined;
    systems.set(system, new Set(codes));
  }
  if (systems.size === 0) return undefined;
  const codes = new Set([...systems.values()].flatMap((some) => [...some]));
  const text = `The code is none of the value set ${canonical}: ${someOf(codes)}.`;
  return {
    codes,
    has: (system, code) => systems.get(system)?.has(code) === true,
    report: (report, at) => report.add('code-invalid', text, at),
  };
}

const shown = 8;

function someOf(codes: ReadonlySet<unknown>): string {
  const first = [...codes].slice(0, shown).join(', ');
  return codes.size > shown ? `${first}, … (${codes.size} in all)` : first;
}

/**
 * "At least one Coding SHALL be present, one of the Codings SHALL be from the value set, text is no substitute." An
 * element that has nothing but extensions says nothing that could be outside the value set.
 * @see https://hl7.org/fhir/R4/terminologies.html#required
 */
export function checkConcept(binding: Binding, value: unknown, at: string, report: Report): void {
  if (typeof value !== 'object' || value === null) return;
  const { coding, text } = value as { readonly coding?: unknown; readonly text?: unknown };
  if (coding === undefined && text === undefined) return;
  if (Array.isArray(coding) && coding.some((one) => binding.has(one?.system, one?.code))) return;
  binding.report(report, at);
}
