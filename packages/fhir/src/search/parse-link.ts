import { isResourceType } from '../definitions/type.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import type { Criterion } from './ast.ts';
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

/** Reads any criterion: chained, reverse chained or plain. Throws as `plainCriterion` does. */
export function criterionOf(context: CriterionContext, type: string, pair: SearchPair): Criterion | undefined {
  if (pair.name === '_has' || pair.name.startsWith('_has:')) return hasCriterion(context, type, pair);
  return pair.name.includes('.') ? chainCriterion(context, type, pair) : plainCriterion(context, type, pair);
}

/** `subject:Patient.name` or `subject.name`. @see https://hl7.org/fhir/R4/search.html#chaining */
function chainCriterion(context: CriterionContext, type: string, { name, value }: SearchPair): Criterion | undefined {
  const [link = '', rest = '', ...more] = name.split('.');
  if (more.length > 0 || rest.startsWith('_has')) throw tooDeep(name);
  const [code = '', modifier] = link.split(':');
  const parameter = knownParameter(context, type, code, name);
  if (parameter.type !== 'reference')
    throw unsupported(name, `${code} is no reference, so nothing can be chained to it.`);
  const types = modifier === undefined ? parameter.target : [targetType(parameter, name, modifier)];
  const targets = targetsOf(context, types, { name, value }, rest);
  return targets && { kind: 'chain', parameter, targets };
}

type Target = { readonly type: string; readonly criterion: Criterion };

/** The criterion on each type that has the parameter; a type whose parameter cannot take the value is left out. */
function targetsOf(
  context: CriterionContext,
  types: readonly string[],
  { name, value }: SearchPair,
  rest: string,
): readonly Target[] | undefined {
  const [code = ''] = rest.split(':');
  const known = types.filter((type) => context.parameters.find(type, code));
  if (known.length === 0) {
    throw new UnknownParameter(name, 'no type that the reference may point at has the chained parameter.');
  }
  if (known.length > searchLimits.chainTargets) {
    throw beyondLimit(name, `${searchLimits.chainTargets} types in a chain. Name the type, as in subject:Patient.name`);
  }
  let refusal: FhirError | undefined;
  let isEmpty = false;
  const targets = known.flatMap((type) => {
    try {
      const criterion = plainCriterion(context, type, { name: rest, value });
      isEmpty ||= criterion === undefined;
      return criterion ? [{ type, criterion }] : [];
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      refusal ??= error;
      return [];
    }
  });
  if (isEmpty) return undefined;
  if (targets.length === 0 && refusal) throw refusal;
  return targets;
}

/** `_has:Observation:patient:code`. @see https://hl7.org/fhir/R4/search.html#has */
function hasCriterion(context: CriterionContext, type: string, { name, value }: SearchPair): Criterion | undefined {
  const [, source = '', link = '', code = '', ...modifier] = name.split(':');
  if (!isResourceType(source) || link === '' || code === '') {
    throw invalidValue(name, 'a name such as _has:Observation:patient:code');
  }
  if (code === '_has' || code.includes('.')) throw tooDeep(name);
  const parameter = referenceTo(context, { source, code: link, type, name });
  const criterion = plainCriterion(context, source, { name: [code, ...modifier].join(':'), value });
  return criterion && { kind: 'has', type: source, parameter, criterion };
}

/** The reference parameter `code` of `source`, which must be able to point at `type`. */
export function referenceTo(
  context: CriterionContext,
  { source, code, type, name }: { source: string; code: string; type: string; name: string },
): SearchParameter {
  const parameter = knownParameter(context, source, code, name);
  if (parameter.type !== 'reference' || !parameter.target.includes(type)) {
    throw unsupported(name, `${source}.${code} is no reference to ${type}.`);
  }
  return parameter;
}

function tooDeep(name: string) {
  return beyondLimit(name, `${searchLimits.chainDepth} link in a chain or _has`);
}
