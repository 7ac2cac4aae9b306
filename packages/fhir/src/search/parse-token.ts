import type { Coding } from '../terminology/terminology.ts';
import type { Criterion, Hierarchy, OfTypeValue, TokenValue } from './ast.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { beyondLimit, invalidValue, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import type { SearchParameter } from './parameter.ts';
import type { CriterionContext, Typed } from './parse-criterion.ts';
import { tokenValue } from './parse-value.ts';
import { wordsOf } from './text.ts';

/** A token with its modifier. @see https://hl7.org/fhir/R4/search.html#token */
export function tokenCriterion(context: CriterionContext, parameter: SearchParameter, typed: Typed): Criterion {
  const { name, modifier, values } = typed;
  switch (modifier) {
    case 'text':
      return { kind: 'token-text', parameter, values: values.map((text) => textValue(name, text)) };
    case 'of-type':
      return { kind: 'of-type', parameter, values: values.map((text) => ofTypeValue(name, text)) };
    default: {
      const found = values.flatMap((text) => tokensOf(context, name, text, modifier));
      if (found.length > searchLimits.codes) throw beyondLimit(name, `${searchLimits.codes} codes in a parameter`);
      return { kind: 'token', parameter, not: modifier === 'not' || modifier === 'not-in', values: found };
    }
  }
}

/** The codes that one value stands for. */
function tokensOf(
  context: CriterionContext,
  name: string,
  text: string,
  modifier: string | undefined,
): readonly TokenValue[] {
  if (modifier === undefined || modifier === 'not') return [tokenValue(name, text)];
  if (!context.terminology) throw noModifier(name, modifier);
  if (modifier === 'in' || modifier === 'not-in') return codesIn(context, name, text);
  if (modifier === 'above' || modifier === 'below') return relatives(context, name, text, modifier);
  throw noModifier(name, modifier);
}

export function noModifier(name: string, modifier: string) {
  return unsupported(name, `the modifier :${modifier.slice(0, 40)} is not supported here.`);
}

function textValue(name: string, escaped: string): string {
  const text = unescapeValue(escaped);
  if (wordsOf(text).length === 0) throw invalidValue(name, 'the start of a text, or of a word in it');
  return text;
}

/** "All 3 parts must be present"; an empty system is a type without one. */
function ofTypeValue(name: string, text: string): OfTypeValue {
  const [system, code, value, ...more] = splitUnescaped(text, '|').map(unescapeValue);
  if (system === undefined || !code || !value || more.length > 0) {
    throw invalidValue(name, 'system|code|value: the type of the identifier, then its value');
  }
  return { system: system === '' ? null : system, code, value };
}

/** The codes of a value set, named by its canonical URL or by a reference to it. */
function codesIn({ terminology, valueSetUrl }: CriterionContext, name: string, escaped: string): readonly TokenValue[] {
  const text = unescapeValue(escaped);
  const url = valueSetUrl?.(text) ?? (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) ? text : undefined);
  const codings = url === undefined ? undefined : terminology?.codings(url, searchLimits.codes);
  if (codings) return codings.flatMap(tokenOf);
  throw unsupported(
    name,
    `the codes of this value set are not at hand here, or are more than ${searchLimits.codes}. ` +
      'Give the canonical URL of a value set that $expand can list.',
  );
}

function tokenOf({ system, code }: Coding): readonly TokenValue[] {
  if (code === undefined) return [];
  return [system === undefined ? { code } : { system, code }];
}

function relatives(
  { terminology }: CriterionContext,
  name: string,
  text: string,
  direction: Hierarchy,
): readonly TokenValue[] {
  const { system, code } = tokenValue(name, text);
  if (!system || code === undefined) throw invalidValue(name, 'system|code, for codes are subsumed within a system');
  const codes =
    direction === 'below' ? terminology?.below(system, code, searchLimits.codes) : terminology?.above(system, code);
  if (codes) return codes.map((one) => ({ system, code: one }));
  throw unsupported(
    name,
    `the hierarchy of this code is not at hand here, or has more than ${searchLimits.codes} codes below it. ` +
      'Give a code of a code system that is installed, or name the codes.',
  );
}
