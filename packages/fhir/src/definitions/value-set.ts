import { type CompactValueSet, r4 } from './compact.ts';

/** A value set of a required binding: its codes by system, null for a system whose codes are not at hand. */
export function valueSet(canonical: string): CompactValueSet | undefined {
  return (Object.hasOwn(r4.valueSets, canonical) && r4.valueSets[canonical]) || undefined;
}

/** The system that a bare code of this value set implies, where all its codes are of one. */
export function impliedSystem(canonical: string | undefined): string | undefined {
  const systems = Object.keys((canonical !== undefined && valueSet(canonical)) || {});
  return systems.length === 1 ? systems[0] : undefined;
}
