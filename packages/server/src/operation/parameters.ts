import { badRequest, isPrimitive, type Resource } from '@chartgate/fhir';

/**
 * The input parameters of an operation, wherever they came from: the query of a GET, a Parameters resource, or a body
 * that stands for one of them. @see https://hl7.org/fhir/R4/parameters.html
 */
export type OperationParameters = {
  /** Each name once. */
  readonly names: readonly string[];
  /** A primitive parameter as text. @throws {FhirError} 400 where it repeats or is no primitive */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  /** Name and text of each parameter, as sent, as a search takes them. @throws {FhirError} 400 where one is no primitive */
  pairs(options?: { readonly without: string }): readonly (readonly [name: string, text: string])[];
  /** @throws {FhirError} 400 where it is neither true nor false */
  boolean(name: string): boolean | undefined;
  /** A whole number, 0 or more. @throws {FhirError} 400 where it is none */
  count(name: string): number | undefined;
  /** Whether all values of this name are text, numbers, … */
  isPrimitive(name: string): boolean;
  /** The JSON of a parameter of a complex type, such as `Coding`. @throws {FhirError} 400 for another type */
  value(name: string, type: string): Readonly<Record<string, unknown>> | undefined;
  values(name: string, type: string): readonly Readonly<Record<string, unknown>>[];
  resource(name: string): Resource | undefined;
};

/** One parameter: the name of its data type and the JSON value, or a resource. */
export type Parameter = { readonly name: string } & (
  | { readonly type: string; readonly value: unknown }
  | { readonly resource: Resource }
);

/** Parameters that a request may have. */
const maxParameters = 1000;

/** @throws {FhirError} 400 for more than a thousand of them */
export function operationParameters(all: readonly Parameter[]): OperationParameters {
  if (all.length > maxParameters) throw badRequest(`An operation takes at most ${maxParameters} parameters.`);
  const named = (name: string) => all.filter((parameter) => parameter.name === name);
  const texts = (name: string) => named(name).map(textOf);
  const text = (name: string) => once(name, texts(name));
  const values = (name: string, type: string) => named(name).map((parameter) => complexOf(parameter, type));
  return {
    names: [...new Set(all.map(({ name }) => name))],
    text,
    texts,
    pairs: ({ without } = { without: '' }) =>
      all.filter(({ name }) => name !== without).map((parameter) => [parameter.name, textOf(parameter)] as const),
    boolean: (name) => booleanOf(name, text(name)),
    count: (name) => countOf(name, text(name)),
    isPrimitive: (name) => named(name).every((one) => 'value' in one && typeof one.value !== 'object'),
    value: (name, type) => once(name, values(name, type)),
    values,
    resource: (name) => once(name, named(name).map(resourceOf)),
  };
}

/** Of the query of a GET: every value is text. */
export function queryParameters(query: readonly (readonly [name: string, value: string])[]): readonly Parameter[] {
  return query.map(([name, value]) => ({ name, type: 'string', value }));
}

/** Of a Parameters resource that is valid. Nested parts are the operation's own to read. */
export function resourceParameters(parameters: Resource): readonly Parameter[] {
  const list = (parameters as { readonly parameter?: readonly Record<string, unknown>[] }).parameter ?? [];
  return list.flatMap(({ name, resource, ...rest }): Parameter[] => {
    if (resource !== undefined) return [{ name: String(name), resource: resource as Resource }];
    const member = Object.keys(rest).find((key) => key.startsWith('value'));
    return member === undefined ? [] : [{ name: String(name), type: dataTypeOf(member), value: rest[member] }];
  });
}

/** `valueCoding` → `Coding`, `valueDateTime` → `dateTime`. */
function dataTypeOf(member: string): string {
  const name = member.slice('value'.length);
  const primitive = name.charAt(0).toLowerCase() + name.slice(1);
  return isPrimitive(primitive) ? primitive : name;
}

function once<T>(name: string, all: readonly T[]): T | undefined {
  if (all.length > 1) throw badRequest(`The parameter ${name} is expected once.`);
  return all[0];
}

function textOf(parameter: Parameter): string {
  if (!('value' in parameter) || typeof parameter.value === 'object') {
    throw badRequest(`The parameter ${parameter.name} is expected to be a primitive, such as valueString.`);
  }
  return String(parameter.value);
}

function complexOf(parameter: Parameter, type: string): Readonly<Record<string, unknown>> {
  if ('value' in parameter && parameter.type === type && typeof parameter.value === 'object' && parameter.value) {
    return parameter.value as Record<string, unknown>;
  }
  throw badRequest(`The parameter ${parameter.name} is expected as value${type}, in the Parameters of a POST.`);
}

function resourceOf(parameter: Parameter): Resource {
  if ('resource' in parameter) return parameter.resource;
  throw badRequest(`The parameter ${parameter.name} is expected to be a resource, in the Parameters of a POST.`);
}

function booleanOf(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw badRequest(`The parameter ${name} is expected to be true or false.`);
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badRequest(`The parameter ${name} is expected to be a whole number, 0 or more.`);
}
