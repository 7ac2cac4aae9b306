import type { ElementDefinition, ElementType } from '../definitions/element.ts';
import { isPrimitive, typeDefinition } from '../definitions/type.ts';
import { bindingTo, checkConcept } from './binding.ts';
import { companion, primitiveList } from './companion.ts';
import { primitives } from './primitive.ts';
import { type Report, validationLimits } from './report.ts';
import { validateResource } from './resource.ts';

/** Reports what is wrong with a JSON value of one type. `at` is its FHIRPath, or empty when paths are not asked for. */
export type Validator = (value: unknown, at: string, report: Report) => void;

const validators = new Map<string, Validator>();

/** The validator of a type or of an element defined in place, compiled when it is first asked for. */
export function validatorOf(name: string): Validator {
  if (name === 'Resource') return validateResource;
  const cached = validators.get(name);
  if (cached) return cached;
  const validator = compileValidator(name);
  validators.set(name, validator);
  return validator;
}

/** A function in the making: `constants` are objects its text names as k0, k1, …; `types` the validators v0, v1, … */
type Program = {
  readonly type: string;
  readonly locals: string[];
  readonly cases: string[];
  readonly required: string[];
  readonly constants: unknown[];
  readonly types: string[];
};

/** What generated code calls by name. */
const library = { validatorOf, companion, primitiveList, checkConcept };

/**
 * One loop over the members of an object and a switch over their names; `seen` has a bit for each required element.
 * What is compiled is made of our own definitions alone, and every text in it is a JSON literal.
 */
function compileValidator(type: string): Validator {
  const { isResource, elements } = typeDefinition(type);
  const program: Program = { type, locals: [], cases: [], required: [], constants: [], types: [] };
  for (const element of elements) emitElement(program, element);
  if (isResource) program.cases.push(`case 'resourceType': break;`);
  // An Element stands beside a primitive value, and may then hold an id alone.
  else if (type === 'Element') program.required.push('if (members === 0) report.empty(at);');
  else program.required.push(`if (members === ('id' in value ? 1 : 0)) report.empty(at);`);
  const body = `'use strict';
const { ${Object.keys(library).join(', ')} } = library;
const [${program.constants.map((_, index) => `k${index}`).join(', ')}] = constants;
let ${['unused', ...program.types.map((_, index) => `v${index}`)].join(', ')};
return (value, at, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return report.notObject(at, ${literal(type)}, value);
  }
  if (report.depth >= ${validationLimits.depth}) return report.tooDeep(at);
  report.depth += 1;
  let ${['seen = 0', 'members = 0', ...program.locals].join(', ')};
  for (const name in value) {
    const member = value[name];
    members += 1;
    switch (name) {
${program.cases.join('\n')}
default: report.unknownMember(at, ${literal(type)}, name);
    }
  }
${program.required.join('\n')}
  report.depth -= 1;
};`;
  return new Function('library', 'constants', body)(library, program.constants) as Validator;
}

function emitElement(program: Program, element: ElementDefinition): void {
  if (element.min > 1 || (element.max > 1 && element.max !== Number.POSITIVE_INFINITY)) {
    throw new Error(`${element.name} has a cardinality that R4 does not use`);
  }
  const seen = element.isChoice ? emitChoice(program, element) : emitRequired(program, element);
  for (const type of element.types) {
    const mark = element.isChoice ? seen.replaceAll('MEMBER', literal(type.member)) : seen;
    if (isPrimitive(type.name)) emitPrimitive(program, element, type, mark);
    else emitComplex(program, element, type, mark);
  }
}

/** @returns the statement that notes the element's presence */
function emitRequired(program: Program, element: ElementDefinition): string {
  if (element.min === 0) return '';
  const bit = 2 ** program.required.length;
  program.required.push(`if (!(seen & ${bit})) report.missing(${path(element)});`);
  return `seen |= ${bit};`;
}

function emitChoice(program: Program, element: ElementDefinition): string {
  const choice = `choice${program.locals.length}`;
  program.locals.push(`${choice} = ''`);
  if (element.min > 0) program.required.push(`if (${choice} === '') report.missing(${path(element)});`);
  const check = `if (${choice} !== '' && ${choice} !== MEMBER) report.twoChoices(${path(element)}, ${choice}, MEMBER);`;
  return `${check} ${choice} = MEMBER;`;
}

function emitPrimitive(program: Program, element: ElementDefinition, type: ElementType, seen: string): void {
  const primitive = constant(program, primitives[type.name]);
  const binding = bindingOf(program, element, type);
  const member = literal(type.member);
  const underscored = literal(`_${type.member}`);
  const [at, name] = [path(element), literal(type.name)];
  if (element.max > 1) {
    const rest = `${at}, ${primitive}, ${name}, report, ${binding}`;
    program.cases.push(`case ${member}: ${seen} primitiveList(member, value[${underscored}], ${rest}); break;`);
    const alone = `if (!(${member} in value)) primitiveList(undefined, member, ${rest});`;
    program.cases.push(`case ${underscored}: ${seen} ${alone} break;`);
    return;
  }
  const wrong = `report.notPrimitive(${at}, ${name}, member, ${primitive}.expected);`;
  const check =
    binding === 'undefined'
      ? `if (!${primitive}.is(member)) ${wrong}`
      : `if (!${binding}.codes.has(member)) { if (${primitive}.is(member)) ${binding}.report(report, ${at}); else ${wrong} }`;
  program.cases.push(`case ${member}: ${seen} ${check} break;`);
  if (isAttribute(program, element, type)) return;
  program.cases.push(`case ${underscored}: ${seen} companion(member, ${member} in value, ${at}, report); break;`);
}

/** What XML writes as an attribute, and XHTML, can have no extensions: ids, Extension.url, Narrative.div. */
function isAttribute(program: Program, element: ElementDefinition, type: ElementType): boolean {
  return element.name === 'id' || type.name === 'xhtml' || (program.type === 'Extension' && element.name === 'url');
}

function emitComplex(program: Program, element: ElementDefinition, type: ElementType, seen: string): void {
  const index = program.types.push(type.name) - 1;
  const binding = bindingOf(program, element, type);
  const validate = (value: string, at: string) => {
    const concept = binding === 'undefined' ? '' : ` checkConcept(${binding}, ${value}, ${at}, report);`;
    return `(v${index} ??= validatorOf(${literal(type.name)}))(${value}, ${at}, report);${concept}`;
  };
  const head = `case ${literal(type.member)}: ${seen}`;
  if (element.max === 1) {
    program.cases.push(`${head} ${validate('member', path(element))} break;`);
    return;
  }
  const indexed = `(at && at + ${literal(`.${element.name}[`)} + i + ']')`;
  program.cases.push(`${head}
if (!Array.isArray(member)) report.notArray(${path(element)}, ${literal(type.name)}, member);
else if (member.length === 0) report.emptyArray(${path(element)});
else for (let i = 0; i < member.length; i++) { ${validate('member[i]', indexed)} }
break;`);
}

/** The name of the constant that holds the element's binding, or `undefined`. */
function bindingOf(program: Program, element: ElementDefinition, type: ElementType): string {
  const binding = element.valueSet === undefined ? undefined : bindingTo(element.valueSet);
  if (!binding) return 'undefined';
  if (type.name !== 'code' && type.name !== 'CodeableConcept') throw new Error(`${type.name} cannot be bound`);
  return constant(program, binding);
}

function constant(program: Program, value: unknown): string {
  const index = program.constants.indexOf(value);
  return `k${index < 0 ? program.constants.push(value) - 1 : index}`;
}

/** Without a path to begin with (the first, quick run) none is put together. */
function path(element: ElementDefinition): string {
  return `(at && at + ${literal(`.${element.name}`)})`;
}

function literal(text: string): string {
  return JSON.stringify(text);
}
