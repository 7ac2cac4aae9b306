import type { ElementDefinition, ElementType } from '../../definitions/element.ts';
import { isPrimitive, typeDefinition } from '../../definitions/type.ts';
import { impliedSystem } from '../../definitions/value-set.ts';
import { checkFhirPath } from '../../fhirpath/check.ts';
import type { SearchParameter } from '../parameter.ts';
import type { SearchValue } from '../value.ts';
import { type Conversion, conversion } from './conversion.ts';
import { evaluated } from './evaluated.ts';
import { type Path, parseExpression, type Step } from './expression.ts';
import { resolvesTo } from './reference.ts';
import { token } from './token.ts';

/** Appends a resource's search values to `out`. */
export type Extractor = (resource: unknown, out: SearchValue[]) => void;

/** Parameters whose values the server keeps by itself, and kinds that are searched in other ways. */
const isExtracted = ({ code, type }: SearchParameter): boolean =>
  type !== 'composite' && type !== 'special' && code !== '_id' && code !== '_lastUpdated';

/**
 * Compiles the expressions of search parameters, all of one resource type, into one JavaScript function. One beyond the
 * subset that R4's own are written in is evaluated as FHIRPath.
 * @throws {Error} if a parameter cannot be used on its type
 */
export function compileExtractor(parameters: readonly SearchParameter[]): Extractor {
  const program: Program = { lines: [], variables: 0, conversions: [], evaluators: [], parameter: '' };
  for (const parameter of parameters) if (isExtracted(parameter)) emitOrEvaluate(program, parameter);
  const body = `'use strict';\nreturn (root, out) => {\n${program.lines.join('\n')}\n};`;
  // Expressions may be a stranger's: members are looked up in R4's definitions, and every text in it is a JSON literal.
  const compiled = new Function('conversions', 'evaluators', 'resolvesTo', body);
  return compiled(program.conversions, program.evaluators, resolvesTo) as Extractor;
}

type Program = {
  readonly lines: string[];
  variables: number;
  readonly conversions: Conversion[];
  readonly evaluators: Extractor[];
  parameter: string;
};

/** A place in the resource: the variable that holds its value, and the type that value has there. */
type Place = { readonly variable: string; readonly type: ElementType; readonly element?: ElementDefinition };

function emitOrEvaluate(program: Program, parameter: SearchParameter): void {
  const before = program.lines.length;
  try {
    emitParameter(program, parameter);
  } catch (error) {
    program.lines.length = before;
    if (checkFhirPath(parameter.expression, parameter.resourceType).length > 0) throw error;
    program.lines.push(`evaluators[${program.evaluators.push(evaluated(parameter)) - 1}](root, out);`);
  }
}

function emitParameter(program: Program, parameter: SearchParameter): void {
  program.parameter = literal(parameter.code);
  if (parameter.expression === 'Patient.deceased.exists() and Patient.deceased != false') {
    program.lines.push(call(program, token.deceased, 'root'));
    return;
  }
  const roots = [parameter.resourceType, 'DomainResource', 'Resource'];
  const paths = parseExpression(parameter.expression)
    .map((path) => rooted(path, parameter.resourceType))
    .filter((path) => roots.includes(path.root));
  if (paths.length === 0) throw new Error(`${parameter.url} says nothing of ${parameter.resourceType}`);
  for (const path of paths) emitPath(program, parameter, path);
}

/** A path may begin at the resource without naming its type: `name | alias`. */
function rooted(path: Path, type: string): Path {
  if (/^[A-Z]/.test(path.root)) return path;
  return { root: type, steps: [{ kind: 'member', name: path.root }, ...path.steps] };
}

function emitPath(program: Program, parameter: SearchParameter, path: Path): void {
  const type = { name: parameter.resourceType, member: '', targets: [] };
  const before = program.lines.length;
  emitSteps(program, parameter, { variable: 'root', type }, path.steps);
  if (program.lines.length === before) throw new Error(`${parameter.url} finds nothing on ${parameter.resourceType}`);
}

function emitSteps(program: Program, parameter: SearchParameter, place: Place, steps: readonly Step[]): void {
  const [step, ...rest] = steps;
  if (!step) emitConversion(program, parameter, place);
  else if (step.kind === 'member') emitMember(program, parameter, place, step.name, rest);
  else if (step.kind !== 'as') emitGuarded(program, parameter, place, rest, guard(parameter, place, step));
  else if (isOfType(place.type, step.type)) emitSteps(program, parameter, place, rest);
  else throw new Error(`${parameter.url} reads ${place.type.name} as ${step.type}`);
}

/** Types that are special cases of others: a canonical is a uri. @see https://hl7.org/fhir/R4/datatypes.html */
const specialTypes: Readonly<Record<string, readonly string[]>> = {
  uri: ['url', 'canonical', 'oid', 'uuid'],
  string: ['code', 'id', 'markdown'],
  integer: ['unsignedInt', 'positiveInt'],
  Quantity: ['SimpleQuantity', 'Age', 'Count', 'Distance', 'Duration'],
};

function isOfType(type: ElementType, name: string): boolean {
  return type.name === name || specialTypes[name]?.includes(type.name) === true;
}

function guard(parameter: SearchParameter, { variable, type }: Place, step: Step): string {
  if (step.kind === 'equals') return `${variable}[${literal(step.member)}] === ${literal(step.text)}`;
  if (step.kind !== 'resolvesTo' || type.name !== 'Reference') throw new Error(`${parameter.url} is beyond us`);
  return `resolvesTo(${variable}, ${literal(step.type)}, root)`;
}

function emitGuarded(
  program: Program,
  parameter: SearchParameter,
  place: Place,
  rest: readonly Step[],
  condition: string,
): void {
  program.lines.push(`if (${condition}) {`);
  emitSteps(program, parameter, place, rest);
  program.lines.push('}');
}

/** Every type a choice may have is followed; what the parameter cannot read yields nothing. */
function emitMember(
  program: Program,
  parameter: SearchParameter,
  place: Place,
  name: string,
  rest: readonly Step[],
): void {
  const { elements } = typeDefinition(place.type.name);
  const element = elements.find((candidate) => candidate.name === name);
  if (!element && emitChosen(program, parameter, place, name, rest)) return;
  if (!element) throw new Error(`${parameter.url}: ${place.type.name} has no element ${name}`);
  for (const type of element.types) {
    if (element.isChoice && !leadsSomewhere(parameter, type, rest)) continue;
    emitElement(program, parameter, place.variable, element, type, rest);
  }
}

/** Guides also write a choice by its JSON member, such as `valueDateTime`. */
function emitChosen(
  program: Program,
  parameter: SearchParameter,
  place: Place,
  name: string,
  rest: readonly Step[],
): boolean {
  for (const element of typeDefinition(place.type.name).elements) {
    const type = element.isChoice && element.types.find(({ member }) => member === name);
    if (!type) continue;
    emitElement(program, parameter, place.variable, element, type, rest);
    return true;
  }
  return false;
}

function leadsSomewhere(parameter: SearchParameter, type: ElementType, rest: readonly Step[]): boolean {
  const [step] = rest;
  if (step?.kind === 'as') return isOfType(type, step.type);
  if (step?.kind === 'resolvesTo') return type.name === 'Reference';
  if (step?.kind === 'member') return !isPrimitive(type.name) && hasElement(type.name, step.name);
  return step !== undefined || conversion(parameter.type, type.name) !== undefined;
}

function hasElement(type: string, name: string): boolean {
  return typeDefinition(type).elements.some((element) => element.name === name);
}

function emitElement(
  program: Program,
  parameter: SearchParameter,
  parent: string,
  element: ElementDefinition,
  type: ElementType,
  rest: readonly Step[],
): void {
  const value = variable(program);
  const source = `${parent}[${literal(type.member)}]`;
  const [step, ...after] = rest;
  const isIndexed = step?.kind === 'index';
  const isList = element.max > 1;
  if (isList && !isIndexed) {
    const list = variable(program);
    program.lines.push(`const ${list} = ${source};`, `if (Array.isArray(${list})) for (const ${value} of ${list}) {`);
  } else {
    program.lines.push(`{ const ${value} = ${source}${isIndexed ? `?.[${step.index}]` : ''};`);
  }
  program.lines.push(`if (${value} !== undefined && ${value} !== null) {`);
  emitSteps(program, parameter, { variable: value, type, element }, isIndexed ? after : rest);
  program.lines.push('}}');
}

function emitConversion(program: Program, parameter: SearchParameter, place: Place): void {
  const convert = conversion(parameter.type, place.type.name);
  if (!convert) throw new Error(`${parameter.url}: a ${parameter.type} parameter cannot read ${place.type.name}`);
  const system = place.type.name === 'code' ? impliedSystem(place.element?.valueSet) : undefined;
  program.lines.push(call(program, convert, place.variable, system));
}

function call(program: Program, convert: Conversion, value: string, system?: string): string {
  let index = program.conversions.indexOf(convert);
  if (index < 0) index = program.conversions.push(convert) - 1;
  const more = system === undefined ? '' : `, ${literal(system)}`;
  return `conversions[${index}](out, ${program.parameter}, ${value}${more});`;
}

function variable(program: Program): string {
  program.variables += 1;
  return `v${program.variables}`;
}

function literal(text: string): string {
  return JSON.stringify(text);
}
