import { isResourceType } from '../definitions/type.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import type { Criterion } from '../search/ast.ts';
import { UnknownParameter } from '../search/invalid.ts';
import { r4SearchParameters } from '../search/parameters.ts';
import { plainCriterion } from '../search/parse-criterion.ts';
import { filtersIn } from './filter.ts';
import { namedScopes } from './named.ts';
import { firstVersionWords, type Letter, type Scope, scopeLetters, scopeLimits, type UnknownScope } from './scope.ts';

/** The scopes of a scope parameter, each once, in the order asked; and those that mean nothing here. */
export type ParsedScope = { readonly scopes: readonly Scope[]; readonly unknown: readonly UnknownScope[] };

/**
 * Reads a scope parameter: SMART v1 and v2 scopes, granular ones included, and named scopes. Never throws: what is
 * not known, or beyond `scopeLimits`, is listed with its reason and opens nothing. So are operations
 * (`system/Patient.$export`) and the lower-case scopes of OpenEMR's own REST API.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
export function parseScope(text: string): ParsedScope {
  if (text.length > scopeLimits.length) {
    return { scopes: [], unknown: [refused(text, `expected at most ${scopeLimits.length} characters in all`)] };
  }
  const scopes: Scope[] = [];
  const unknown: UnknownScope[] = [];
  for (const token of new Set(text.split(/\s+/).filter((part) => part !== ''))) {
    if (scopes.length + unknown.length === scopeLimits.scopes) {
      unknown.push(refused(token, `expected at most ${scopeLimits.scopes} scopes; the rest was not read`));
      break;
    }
    const scope = scopeOf(token);
    if (typeof scope === 'string') unknown.push(refused(token, scope));
    else scopes.push(scope);
  }
  return { scopes, unknown };
}

function refused(text: string, reason: string): UnknownScope {
  return { text: text.length <= 200 ? text : `${text.slice(0, 200)}…`, reason };
}

const resourceScope = /^(patient|user|system)\/([^./?]+)\.([^?]+)(?:\?(.*))?$/;

/** The scope, or the reason why it is none. */
function scopeOf(text: string): Scope | string {
  // RFC 6749, 3.3: what a scope-token may hold.
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)) return 'a character is not allowed in a scope';
  if (namedScopes.has(text)) return { kind: 'named', text };
  const match = resourceScope.exec(text);
  if (!match) return 'no scope of this name is known here';
  const [, level = '', type = '', verb = '', query] = match;
  if (!isContext(level)) return 'no scope of this name is known here';
  if (verb.startsWith('$')) return `the operation ${verb} is not offered here`;
  if (type !== '*' && !isResourceType(type)) return unknownType(level, type);
  const opened = lettersOf(verb);
  if (!opened) return 'expected .read, .write, .* or letters of "cruds" in that order';
  const criteria = query === undefined ? [] : criteriaOf(type, verb, query);
  if (typeof criteria === 'string') return criteria;
  return { kind: 'resource', context: level, type, letters: opened, criteria, text };
}

function isContext(text: string): text is 'patient' | 'user' | 'system' {
  return text === 'patient' || text === 'user' || text === 'system';
}

function unknownType(level: string, type: string): string {
  if (type !== type.toLowerCase()) return `R4 has no resource type ${type}`;
  const name = type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const advice = isResourceType(name) ? `. The FHIR scope is ${level}/${name}.…` : '';
  return `the REST API outside of FHIR that ${type} belongs to is not offered here${advice}`;
}

function lettersOf(verb: string): readonly Letter[] | undefined {
  for (const [joined, word] of firstVersionWords)
    if (word === verb) return scopeLetters.filter((l) => joined.includes(l));
  return /^c?r?u?d?s?$/.test(verb) ? scopeLetters.filter((letter) => verb.includes(letter)) : undefined;
}

function criteriaOf(type: string, verb: string, query: string): readonly Criterion[] | string {
  if (type === '*') return 'a filter needs a resource type in place of *';
  if ([...firstVersionWords.values()].includes(verb)) return 'a filter needs the letters of v2, such as .rs';
  const pairs = [...filtersIn(query).keys()].flatMap((filter) => [...new URLSearchParams(filter)]);
  if (pairs.length === 0) return 'expected a filter such as category=system|code after "?"';
  if (pairs.some(([name]) => name.includes('.') || name.startsWith('_has')))
    return 'a filter takes no chain and no _has';
  const context = { empty: 'refused', now: Date.now(), parameters: r4SearchParameters } as const;
  try {
    const criteria = pairs.flatMap(([name, value]) => plainCriterion(context, type, { name, value }) ?? []);
    return criteria.every(isScopable)
      ? criteria
      : 'a filter takes codes, references, texts, dates and numbers as they are';
  } catch (error) {
    if (error instanceof FhirError || error instanceof UnknownParameter) return error.message;
    throw error;
  }
}

/** What is told from one resource alone and at little cost: modifiers that need more are no part of a scope. */
function isScopable(criterion: Criterion): boolean {
  switch (criterion.kind) {
    case 'token-text':
    case 'of-type':
    case 'composite':
    case 'near':
    case 'text':
      return false;
    case 'uri':
      return criterion.hierarchy === undefined;
    case 'reference':
      return criterion.values.every(({ kind }) => kind !== 'canonical' && kind !== 'version');
    default:
      return true;
  }
}
