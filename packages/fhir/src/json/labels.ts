import type { Coding } from '../terminology/terminology.ts';
import { edited, visitMembers } from './slice.ts';

/** The members of a Meta that are sets: URLs, and codings told apart by system and code. */
export type Labels = {
  readonly profile: readonly string[];
  readonly tag: readonly Coding[];
  readonly security: readonly Coding[];
};

/** What a Meta holds of these. Members that are not as R4 has them are passed over. */
export function labelsOf(meta: unknown): Labels {
  const { profile, tag, security } = (meta ?? {}) as Record<string, unknown>;
  const list = <T>(value: unknown): T[] => (Array.isArray(value) ? value : []);
  return { profile: list<string>(profile), tag: list<Coding>(tag), security: list<Coding>(security) };
}

/** @see https://hl7.org/fhir/R4/resource-operation-meta-add.html */
export function withLabels(labels: Labels, added: Labels): Labels {
  return {
    profile: [...new Set([...labels.profile, ...added.profile])],
    tag: distinct([...labels.tag, ...added.tag]),
    security: distinct([...labels.security, ...added.security]),
  };
}

/** @see https://hl7.org/fhir/R4/resource-operation-meta-delete.html */
export function withoutLabels(labels: Labels, deleted: Labels): Labels {
  return {
    profile: labels.profile.filter((profile) => !deleted.profile.includes(profile)),
    tag: without(labels.tag, deleted.tag),
    security: without(labels.security, deleted.security),
  };
}

/** Of several with the same system and code the first. */
function distinct(codings: readonly Coding[]): Coding[] {
  return codings.filter((coding, n) => codings.findIndex((one) => isSame(one, coding)) === n);
}

function without(codings: readonly Coding[], others: readonly Coding[]): Coding[] {
  return codings.filter((coding) => !others.some((one) => isSame(one, coding)));
}

/** Version and display do not count. */
function isSame(a: Coding, b: Coding): boolean {
  return a.system === b.system && a.code === b.code;
}

/** The compact JSON text of a stored resource, which has a `meta`, with these labels in it and all else as written. */
export function spliceLabels(text: string, labels: Labels): string {
  let result = text;
  visitMembers(text, 0, (name, start, end) => {
    if (name !== 'meta') return false;
    const {
      profile: _p,
      tag: _t,
      security: _s,
      ...rest
    } = JSON.parse(text.slice(start, end)) as Record<string, unknown>;
    const kept = Object.fromEntries(Object.entries(labels).filter(([, list]) => list.length > 0));
    result = edited(text, [{ start, end, text: JSON.stringify({ ...rest, ...kept }) }]);
    return true;
  });
  return result;
}
