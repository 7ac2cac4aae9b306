import {
  attachingTypes,
  type Criterion,
  isResourceType,
  type Letter,
  type ResourceScope,
  r4SearchParameters,
  resourceTypes,
  type SearchParameter,
  scopeLetters,
  securityContext,
} from '@chartgate/fhir';
import type { AccessGrant } from './rule.ts';
import { type TypeRule, typeRule } from './type-rule.ts';

/** What a `patient/` or `user/` scope reaches: the records of some patients, or the whole site. */
export type Reach = { readonly kind: 'patients'; readonly ids: readonly string[] } | { readonly kind: 'site' };

const reading: readonly Letter[] = ['r', 's'];

/** The lines that a `patient/` or `user/` scope comes to, by the table of types. Nobody's records: no line at all. */
export function linesWithin(scope: ResourceScope, reach: Reach, letters = scope.letters): readonly AccessGrant[] {
  if (reach.kind === 'patients' && reach.ids.length === 0) return [];
  const types = scope.type === '*' ? resourceTypes : [scope.type];
  return types.flatMap((type) => {
    const rule = typeRule(type);
    return rule === undefined ? [] : linesOf(rule, { type, letters, criteria: scope.criteria }, reach);
  });
}

function linesOf(rule: TypeRule, line: AccessGrant, reach: Reach): readonly AccessGrant[] {
  switch (rule.kind) {
    case 'shared':
      return limited(line, false);
    case 'compartment':
      if (reach.kind === 'site') return rule.staff ? limited(line, rule.writes) : [];
      return limited({ ...line, compartment: { type: 'Patient', ids: reach.ids } }, rule.writes);
    case 'parameter':
      if (reach.kind === 'site') return limited(line, rule.writes);
      return limited(pointing(line, requireParameter(line.type, rule.parameter), reach.ids), rule.writes);
    case 'binary':
      if (reach.kind === 'site') return [line];
      return [pointing(line, securityContext, reach.ids), ...linked(line)];
    case 'staff':
      return reach.kind === 'site' ? [line] : [];
    case 'system':
      return [];
    default:
      return rule satisfies never;
  }
}

/** The line with its reading letters alone, unless it may write; none where nothing is left. */
function limited(line: AccessGrant, writes: boolean): readonly AccessGrant[] {
  if (writes) return [line];
  const letters = line.letters.filter((letter) => reading.includes(letter));
  return letters.length === 0 ? [] : [{ ...line, letters }];
}

function pointing(line: AccessGrant, parameter: SearchParameter, ids: readonly string[]): AccessGrant {
  const values = ids.map((id) => ({ kind: 'local' as const, types: ['Patient'], id }));
  return { ...line, criteria: [...line.criteria, { kind: 'reference', parameter, values }] };
}

/** A Binary that says nothing about whom it belongs to is read with the documents that link to it, never searched. */
function linked(line: AccessGrant): readonly AccessGrant[] {
  if (!line.letters.includes('r')) return [];
  const unsaid: Criterion = { kind: 'missing', parameter: securityContext, missing: true };
  return [{ ...line, letters: ['r'], criteria: [...line.criteria, unsaid], linkedFrom: attachingTypes }];
}

/** The user's own resource, where a scope of its type opens it, or `fhirUser`. */
export function linesToOneself(reference: string, scopes: readonly ResourceScope[], named: boolean): AccessGrant[] {
  const [type = '', id = '', ...rest] = reference.split('/');
  if (!isResourceType(type) || id === '' || rest.length > 0) return [];
  const itself: Criterion = { kind: 'id', values: [id] };
  const own = scopes.filter((scope) => (scope.type === '*' || scope.type === type) && scope.letters.includes('r'));
  const line = (criteria: readonly Criterion[]): AccessGrant => ({ type, letters: ['r'], criteria });
  return [...own.map((scope) => line([...scope.criteria, itself])), ...(named ? [line([itself])] : [])];
}

/** @throws {TypeError} where the table names a parameter that R4 does not have */
function requireParameter(type: string, code: string): SearchParameter {
  const parameter = r4SearchParameters.find(type, code);
  if (parameter) return parameter;
  throw new TypeError(`${type} has no parameter ${code}`);
}

/** Whether scopes of the context may open the letter on the type at all, for some patient or user. */
export function canOpen(context: ResourceScope['context'], type: string, letter: Letter): boolean {
  const scope: ResourceScope = { kind: 'resource', context, type, letters: [letter], criteria: [], text: '' };
  switch (context) {
    case 'system':
      return true;
    case 'patient':
      return linesWithin(scope, { kind: 'patients', ids: ['1'] }).length > 0;
    case 'user':
      return linesWithin(scope, { kind: 'site' }).length > 0;
    default:
      return context satisfies never;
  }
}

/**
 * What a grant denies to keep the records of these patients closed: their compartments, and what belongs to them beside.
 * A Binary is closed with its securityContext; one without is as open as `user/` scopes of the site make it.
 */
export function closedRecords(ids: readonly string[]): readonly AccessGrant[] {
  const every = { letters: scopeLetters, criteria: [] };
  const beside = resourceTypes.flatMap((type) => {
    const rule = typeRule(type);
    if (rule?.kind === 'binary') return [pointing({ ...every, type }, securityContext, ids)];
    if (rule?.kind !== 'parameter') return [];
    return [pointing({ ...every, type }, requireParameter(type, rule.parameter), ids)];
  });
  return [{ ...every, type: '*', compartment: { type: 'Patient', ids } }, ...beside];
}
