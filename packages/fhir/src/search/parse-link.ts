import { isResourceType } from '../definitions/type.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import { isResourceId } from '../resource/resource.ts';
import type { ChainCriterion, Criterion } from './ast.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { beyondLimit, invalidValue, UnknownParameter, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import type { SearchParameter } from './parameter.ts';
import {
  type CriterionContext,
  knownParameter,
  plainCriterion,
  type SearchPair,
  targetType,
} from './parse-criterion.ts';

/** What criteria with links are read against. `branches` counts those of one search; absent: of one parameter. */
export type LinkContext = CriterionContext & { readonly branches?: Branches };

/** The tests at the far end of links that a search comes to. */
export type Branches = { count: number };

/** On the way along the links of one parameter: its name as sent, and how many links lie behind. */
type Way = CriterionContext & { readonly sent: string; readonly depth: number; readonly branches: Branches };

/** Reads any criterion: chained, reverse chained, both in any order, or plain. Throws as `plainCriterion` does. */
export function criterionOf(context: LinkContext, type: string, pair: SearchPair): Criterion | undefined {
  const { branches = { count: 0 }, ...rest } = context;
  return wayOf({ ...rest, branches, sent: pair.name, depth: 0 }, type, pair);
}

function wayOf(way: Way, type: string, pair: SearchPair): Criterion | undefined {
  const { name } = pair;
  if (name === '_list' || name.startsWith('_list:')) return listCriterion(way, type, pair);
  if (name === '_has' || name.startsWith('_has:')) return hasCriterion(way, type, pair);
  return name.includes('.') ? chainCriterion(way, type, pair) : plainCriterion(way, type, pair);
}

/** One link further. @throws {FhirError} 400 where the links become too many */
function further(way: Way): Way {
  if (way.depth >= searchLimits.chainDepth) {
    throw beyondLimit(way.sent, `${searchLimits.chainDepth} links in a chain or _has`);
  }
  if (++way.branches.count > searchLimits.chainBranches) {
    const advice = 'Name the types, as in subject:Patient.name';
    throw beyondLimit(
      way.sent,
      `${searchLimits.chainBranches} links in all, one for each type that they are tried on. ${advice}`,
    );
  }
  return { ...way, depth: way.depth + 1 };
}

/** `subject:Patient.name` or `subject.name`, the rest being any criterion. @see https://hl7.org/fhir/R4/search.html#chaining */
function chainCriterion(way: Way, type: string, { name, value }: SearchPair): Criterion | undefined {
  const dot = name.indexOf('.');
  const [code = '', modifier, ...more] = name.slice(0, dot).split(':');
  if (more.length > 0) throw unsupported(way.sent, 'has more than one modifier.');
  const parameter = knownParameter(way, type, code, way.sent);
  if (parameter.type !== 'reference')
    throw unsupported(way.sent, `${code} is no reference, so nothing can be chained to it.`);
  const types = modifier === undefined ? parameter.target : [targetType(parameter, way.sent, modifier)];
  const targets = targetsOf(way, types, { name: name.slice(dot + 1), value });
  return targets && { kind: 'chain', parameter, targets };
}

type Target = ChainCriterion['targets'][number];

/** What no definition of a type lists. */
const ofEveryType: ReadonlySet<string> = new Set(['_has', '_list', '_text', '_content']);

/** The criterion on each type that has the parameter; a type whose parameter cannot take the value is left out. */
function targetsOf(way: Way, types: readonly string[], rest: SearchPair): readonly Target[] | undefined {
  const [code = ''] = rest.name.split(/[:.]/);
  const known = ofEveryType.has(code) ? types : types.filter((type) => way.parameters.find(type, code));
  if (known.length === 0) {
    throw new UnknownParameter(way.sent, 'no type that the reference may point at has the chained parameter.');
  }
  if (known.length > searchLimits.chainTargets) {
    throw beyondLimit(
      way.sent,
      `${searchLimits.chainTargets} types in a chain. Name the type, as in subject:Patient.name`,
    );
  }
  let refusal: Error | undefined;
  let isEmpty = false;
  const targets = known.flatMap((type) => {
    try {
      const criterion = wayOf(further(way), type, rest);
      isEmpty ||= criterion === undefined;
      return criterion ? [{ type, criterion }] : [];
    } catch (error) {
      if (!isOfOneType(error)) throw error;
      refusal ??= error;
      return [];
    }
  });
  if (isEmpty) return undefined;
  if (targets.length === 0 && refusal) throw refusal;
  return targets;
}

/** Whether a refusal is about one type, so that others may do; a limit is about all of the search. */
function isOfOneType(error: unknown): error is FhirError | UnknownParameter {
  if (error instanceof UnknownParameter) return true;
  return error instanceof FhirError && error.issues.every(({ code }) => code !== 'too-costly');
}

/** `_has:Observation:patient:code`, the code being any criterion. @see https://hl7.org/fhir/R4/search.html#has */
function hasCriterion(way: Way, type: string, { name, value }: SearchPair): Criterion | undefined {
  const [, source = '', link = '', ...more] = name.split(':');
  const rest = more.join(':');
  if (!isResourceType(source) || link === '' || rest === '') {
    throw invalidValue(way.sent, 'a name such as _has:Observation:patient:code');
  }
  const parameter = referenceTo(way, { source, code: link, type, name: way.sent });
  const criterion = wayOf(further(way), source, { name: rest, value });
  return criterion && { kind: 'has', type: source, parameter, criterion };
}

/** The reference parameter `code` of `source`, which must be able to point at `type`. */
function referenceTo(
  context: CriterionContext,
  { source, code, type, name }: { source: string; code: string; type: string; name: string },
): SearchParameter {
  const parameter = knownParameter(context, source, code, name);
  if (parameter.type !== 'reference' || !parameter.target.includes(type)) {
    throw unsupported(name, `${source}.${code} is no reference to ${type}.`);
  }
  return parameter;
}

/**
 * `_list=ID`: what a List that may be seen has among its items, which is `_has:List:item:_id=ID`.
 * @see https://hl7.org/fhir/R4/search.html#list
 */
function listCriterion(way: Way, type: string, { name, value }: SearchPair): Criterion | undefined {
  if (name !== '_list') throw unsupported(way.sent, 'no modifier is supported here.');
  const ids = splitUnescaped(value, ',').filter((text) => text !== '');
  if (ids.some((id) => id.startsWith('$'))) {
    throw unsupported(way.sent, 'lists that a server computes, such as $current-problems, are not supported.');
  }
  if (!ids.every((id) => isResourceId(unescapeValue(id)))) throw invalidValue(way.sent, 'ids of List resources');
  return hasCriterion(way, type, { name: '_has:List:item:_id', value });
}
