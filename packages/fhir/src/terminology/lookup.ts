import { type CodeSystem, type Concept, type ConceptProperty, withAncestors } from './code-system.ts';
import { displayIn } from './display.ts';
import { TerminologyError } from './terminology-error.ts';

/** A parameter of the answer, as FHIR's Parameters have it. */
export type OutputParameter = {
  readonly name: string;
  readonly part?: readonly OutputParameter[];
  readonly [value: string]: unknown;
};

export type LookupOptions = {
  readonly displayLanguage?: string | undefined;
  /** Codes of the properties that are wanted; none: all. */
  readonly properties?: readonly string[] | undefined;
};

/**
 * What a code system says about a code: the output parameters of `$lookup`.
 * @throws {TerminologyError} not-found
 * @see https://hl7.org/fhir/R4/codesystem-operation-lookup.html
 */
export function lookup(system: CodeSystem, code: string, options: LookupOptions = {}): readonly OutputParameter[] {
  const concept = requireConcept(system, code);
  const { displayLanguage, properties = [] } = options;
  const isWanted = (name: string) => properties.length === 0 || properties.includes(name);
  return [
    { name: 'name', valueString: system.name ?? system.url },
    ...(system.version === undefined ? [] : [{ name: 'version', valueString: system.version }]),
    // required in the answer, and the code is the only word there is
    { name: 'display', valueString: displayIn(concept, displayLanguage) ?? concept.code },
    ...(isWanted('designation') ? concept.designations.map(designationPart) : []),
    ...propertiesOf(concept).flatMap(([name, value]) => (isWanted(name) ? [propertyPart(name, value)] : [])),
  ];
}

/** @throws {TerminologyError} not-found */
export function requireConcept(system: CodeSystem, code: string): Concept {
  const concept = system.find(code);
  if (concept) return concept;
  const words = system.isComplete ? 'has no code' : 'has, as far as it is at hand, no code';
  throw new TerminologyError('not-found', `The code system ${system.url} ${words} "${code}".`);
}

/** How two codes of a system stand to each other. @see https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed';

/** @throws {TerminologyError} not-found, for a code that the system does not have */
export function subsumption(system: CodeSystem, codeA: string, codeB: string): Subsumption {
  const [a, b] = [requireConcept(system, codeA), requireConcept(system, codeB)];
  if (a === b) return 'equivalent';
  if (withAncestors(b).has(a)) return 'subsumes';
  return withAncestors(a).has(b) ? 'subsumed-by' : 'not-subsumed';
}

type Value = Readonly<Record<string, unknown>>;

function propertiesOf(concept: Concept): readonly (readonly [name: string, value: Value])[] {
  const { definition, parents, children, isInactive, isAbstract, properties } = concept;
  const hierarchy = new Set(['parent', 'child', 'subsumedBy', 'inactive', 'notSelectable']);
  return [
    ...(definition === undefined ? [] : [['definition', { valueString: definition }] as const]),
    ['inactive', { valueBoolean: isInactive }],
    ...(isAbstract ? [['notSelectable', { valueBoolean: true }] as const] : []),
    ...[...parents].map(({ code }) => ['parent', { valueCode: code }] as const),
    ...[...children].map(({ code }) => ['child', { valueCode: code }] as const),
    ...properties.filter(({ code }) => !hierarchy.has(code)).map((one) => [one.code, valueIn(one)] as const),
  ];
}

function valueIn({ code: _, ...rest }: ConceptProperty): Value {
  return Object.fromEntries(Object.entries(rest).filter(([member]) => member.startsWith('value')));
}

function propertyPart(name: string, value: Value): OutputParameter {
  return {
    name: 'property',
    part: [
      { name: 'code', valueCode: name },
      { name: 'value', ...value },
    ],
  };
}

function designationPart({ language, use, value }: Concept['designations'][number]): OutputParameter {
  return {
    name: 'designation',
    part: [
      ...(language === undefined ? [] : [{ name: 'language', valueCode: language }]),
      ...(use === undefined ? [] : [{ name: 'use', valueCoding: use }]),
      { name: 'value', valueString: value },
    ],
  };
}
