import { filtersOf } from './filter.ts';
import { firstVersionWords, type ResourceScope, type Scope, scopeLetters, scopeLimits } from './scope.ts';

/**
 * What a grant holds: what was requested and is allowed. Each requested scope is cut to the allowed ones, one by one,
 * and comes back in the syntax it was asked in; filters of both sides all hold. No more than `scopeLimits.scopes`.
 */
export function narrow(requested: readonly Scope[], allowed: readonly Scope[]): readonly Scope[] {
  const granted = new Map<string, Scope>();
  for (const scope of requested) {
    if (granted.size >= scopeLimits.scopes) break;
    for (const part of scope.kind === 'named' ? sameName(scope, allowed) : narrowResource(scope, allowed)) {
      if (granted.size < scopeLimits.scopes) granted.set(part.text, part);
    }
  }
  return [...granted.values()];
}

function sameName(scope: Scope, allowed: readonly Scope[]): readonly Scope[] {
  return allowed.some((other) => other.kind === 'named' && other.text === scope.text) ? [scope] : [];
}

function narrowResource(scope: ResourceScope, allowed: readonly Scope[]): readonly ResourceScope[] {
  // what is allowed as a whole needs no look at its parts
  if (allowed.some((other) => other.kind === 'resource' && other.context === scope.context && covers(other, scope))) {
    return [scope];
  }
  const parts = new Map<string, ResourceScope>();
  for (const other of allowed) {
    const part = other.kind === 'resource' ? overlap(scope, other) : undefined;
    if (!part) continue;
    const key = `${part.type}?${[...filtersOf(part).keys()].toSorted().join('&')}`;
    const known = parts.get(key);
    parts.set(key, known ? withLetters(scope, part, [...known.letters, ...part.letters]) : part);
  }
  const all = [...parts.values()];
  return all.filter((part) => !all.some((other) => other !== part && covers(other, part)));
}

/** What both scopes open, in the syntax of the first. */
function overlap(scope: ResourceScope, allowed: ResourceScope): ResourceScope | undefined {
  const type = scope.type === '*' ? allowed.type : scope.type;
  const isOpen = scope.context === allowed.context && (allowed.type === '*' || allowed.type === type);
  const both = scope.letters.filter((letter) => allowed.letters.includes(letter));
  if (!isOpen || both.length === 0) return undefined;
  const filters = filtersOf(scope);
  const further = [...filtersOf(allowed)].filter(([key]) => !filters.has(key));
  if (further.length === 0 && type === scope.type && both.length === scope.letters.length) return scope;
  const written = [...filters.values(), ...further.map(([, text]) => text)];
  const criteria = further.length === 0 ? scope.criteria : [...scope.criteria, ...newCriteria(allowed, filters)];
  return { ...scope, type, letters: both, criteria, text: textOf(scope, type, both, written) };
}

/** The allowed scope's criteria whose filter is not among those already held. One criterion stands for each filter. */
function newCriteria(allowed: ResourceScope, held: ReadonlyMap<string, string>) {
  const keys = [...filtersOf(allowed).keys()];
  return allowed.criteria.filter((_, i) => !held.has(keys[i] ?? ''));
}

function withLetters(scope: ResourceScope, part: ResourceScope, opened: readonly string[]): ResourceScope {
  const union = scopeLetters.filter((letter) => opened.includes(letter));
  const written = [...filtersOf(part).values()];
  const isWhole = part.type === scope.type && union.length === scope.letters.length;
  const isAsked = isWhole && written.length === filtersOf(scope).size;
  return { ...part, letters: union, text: isAsked ? scope.text : textOf(scope, part.type, union, written) };
}

/** Whether `wide` opens all that `part` does. */
function covers(wide: ResourceScope, part: ResourceScope): boolean {
  const filters = filtersOf(part);
  return (
    (wide.type === '*' || wide.type === part.type) &&
    part.letters.every((letter) => wide.letters.includes(letter)) &&
    [...filtersOf(wide).keys()].every((key) => filters.has(key))
  );
}

/** The scope as text: in v1's words where `asked` was and they say it exactly, else in v2's letters. */
function textOf(asked: ResourceScope, type: string, opened: readonly string[], filters: readonly string[]): string {
  const joined = opened.join('');
  const word =
    /\.(?:read|write|\*)$/.test(asked.text) && filters.length === 0 ? firstVersionWords.get(joined) : undefined;
  return `${asked.context}/${type}.${word ?? joined}${filters.length === 0 ? '' : `?${filters.join('&')}`}`;
}
