import { FhirPathError } from '../../fhirpath/error.ts';
import { compileFhirPath, type FhirPath } from '../../fhirpath/fhirpath.ts';
import type { TypedValue } from '../../fhirpath/value.ts';
import { isMemberOf } from './binding.ts';
import { checkAgainst } from './check.ts';
import type { Item } from './item.ts';
import { resolveInScope } from './reference-target.ts';
import { profileLimits } from './run.ts';

/** Expressions of definitions, parsed once; those that cannot be parsed are undefined. */
const compiled = new Map<string, FhirPath | undefined>();
const maxCompiled = 20_000;

function compile(expression: string): FhirPath | undefined {
  if (compiled.has(expression)) return compiled.get(expression);
  if (compiled.size >= maxCompiled) compiled.clear();
  let path: FhirPath | undefined;
  try {
    path = compileFhirPath(expression);
  } catch (error) {
    if (!(error instanceof FhirPathError)) throw error;
  }
  compiled.set(expression, path);
  return path;
}

/**
 * What a FHIRPath expression of a definition yields for an item; undefined where it is broken, not supported or takes
 * too many steps. Then it is not tried again in this validation.
 */
export function evaluate(expression: string, item: Item): readonly TypedValue[] | undefined {
  const { run, resource, root } = item.scope;
  if (run.givenUp.has(expression) || !run.spend(item) || run.isLate()) return undefined;
  try {
    const found = compile(expression)?.evaluate(item, {
      resource,
      rootResource: root,
      steps: profileLimits.steps,
      ...(run.context.now === undefined ? {} : { now: run.context.now }),
      resolve: (reference) => resolveInScope(reference, item.scope)?.item,
      isMember: (valueSet, value) => isMemberOf(valueSet, value, run.context.conformance.terminology),
      subsumes: (system, code, other) => {
        const above = run.context.conformance.terminology.above(system, other);
        return above?.includes(code);
      },
      conformsTo: (canonical, value) => conformsTo(canonical, { ...item, ...value }),
    });
    if (found) return found;
  } catch (error) {
    if (!(error instanceof FhirPathError)) throw error;
  }
  run.givenUp.add(expression);
  return undefined;
}

/** Whether a value meets a profile; undefined where the profile is not known. */
export function conformsTo(canonical: string, item: Item): boolean | undefined {
  const { run } = item.scope;
  const profile = run.profiles.find(canonical);
  return typeof profile === 'string' ? undefined : run.trial(() => checkAgainst(profile, item));
}
