import type { CompositeCriterion, PartCriterion } from './ast.ts';
import { splitUnescaped } from './escape.ts';
import { invalidValue, unsupported } from './invalid.ts';
import type { SearchParameter } from './parameter.ts';
import type { CriterionContext, Typed } from './parse-criterion.ts';

type ReadPart = (context: CriterionContext, parameter: SearchParameter, typed: Typed) => { readonly kind: string };

/**
 * `code$value`: a value for each part, in order, each in the form of its own type.
 * @param read reads one part, as it would be read alone
 * @see https://hl7.org/fhir/R4/search.html#composite
 */
export function compositeCriterion(
  context: CriterionContext,
  parameter: SearchParameter,
  { name, values }: Typed,
  read: ReadPart,
): CompositeCriterion {
  const components = parameter.components ?? [];
  if (components.length === 0) throw unsupported(name, 'its parts are not known here.');
  const form = components.map(({ type }) => type).join('$');
  return {
    kind: 'composite',
    parameter,
    values: values.map((text) => {
      const parts = splitUnescaped(text, '$');
      if (parts.length !== components.length || parts.includes('')) {
        throw invalidValue(name, `${form}, with any other "$" written as "\\$"`);
      }
      return components.map((component, i) => {
        const part = read(context, component, { name, modifier: undefined, values: [parts[i] ?? ''] });
        return requirePart(name, part as PartCriterion);
      });
    }),
  };
}

/** A part is looked up by its code: a system alone finds too much in one place, and nothing in the other. */
function requirePart(name: string, part: PartCriterion): PartCriterion {
  const isCoded = part.kind !== 'token' || part.values.every(({ code }) => code !== undefined);
  if (!isCoded) throw invalidValue(name, 'a code in each token: a system alone is not searched in a composite');
  return part;
}
