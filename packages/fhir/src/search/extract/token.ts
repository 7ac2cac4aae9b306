import type { SearchValue, TokenSearchValue } from '../value.ts';
import { arrayOf, type Draft, objectOf, textOf } from './read.ts';

/** How values of each data type become tokens. @see https://hl7.org/fhir/R4/search.html#token */
export const token = {
  coding(out: SearchValue[], parameter: string, value: unknown): void {
    const coding = objectOf(value);
    if (coding) add(out, parameter, textOf(coding.system), textOf(coding.code), textOf(coding.display));
  },

  codeableConcept(out: SearchValue[], parameter: string, value: unknown): void {
    const concept = objectOf(value);
    if (!concept) return;
    for (const coding of arrayOf(concept.coding)) token.coding(out, parameter, coding);
    add(out, parameter, undefined, undefined, textOf(concept.text));
  },

  identifier(out: SearchValue[], parameter: string, value: unknown): void {
    const identifier = objectOf(value);
    if (!identifier) return;
    const text = textOf(objectOf(identifier.type)?.text);
    const [system, code] = [textOf(identifier.system), textOf(identifier.value)];
    if (system === undefined && code === undefined) return;
    const types = typesOf(identifier.type);
    add(out, parameter, system, code, text, types.length > 0 ? types : undefined);
  },

  contactPoint(out: SearchValue[], parameter: string, value: unknown): void {
    add(out, parameter, undefined, textOf(objectOf(value)?.value));
  },

  /** @param system that of the value set the code is bound to, where it is just one */
  code(out: SearchValue[], parameter: string, value: unknown, system?: string): void {
    const code = textOf(value);
    if (code !== undefined) add(out, parameter, system, code);
  },

  boolean(out: SearchValue[], parameter: string, value: unknown): void {
    if (typeof value === 'boolean') add(out, parameter, undefined, String(value));
  },

  /** `Patient.deceased.exists() and Patient.deceased != false`: someone of whom nothing is said is not deceased. */
  deceased(out: SearchValue[], parameter: string, patient: unknown): void {
    const { deceasedBoolean, deceasedDateTime, _deceasedBoolean, _deceasedDateTime } = objectOf(patient) ?? {};
    const isUnknown = deceasedBoolean === undefined && (_deceasedBoolean ?? _deceasedDateTime) !== undefined;
    if (textOf(deceasedDateTime) !== undefined) add(out, parameter, undefined, 'true');
    else if (!isUnknown) add(out, parameter, undefined, String(deceasedBoolean === true));
  },
};

type Types = NonNullable<TokenSearchValue['types']>;

function typesOf(concept: unknown): Types {
  return arrayOf(objectOf(concept)?.coding).flatMap((value) => {
    const [system, code] = [textOf(objectOf(value)?.system), textOf(objectOf(value)?.code)];
    if (code === undefined) return [];
    return [system === undefined ? { code } : { system, code }];
  });
}

function add(
  out: SearchValue[],
  parameter: string,
  system?: string,
  code?: string,
  text?: string,
  types?: Types,
): void {
  if (system === undefined && code === undefined && text === undefined) return;
  const value: Draft<TokenSearchValue> = { kind: 'token', parameter };
  if (system !== undefined) value.system = system;
  if (code !== undefined) value.code = code;
  if (text !== undefined) value.text = text;
  if (types !== undefined) value.types = types;
  out.push(value);
}
