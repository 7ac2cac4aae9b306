import { type CodeSystem, type Concept, propertyValue, withAncestors, withDescendants } from './code-system.ts';
import { boundedRegex } from './regex.ts';
import { TerminologyError } from './terminology-error.ts';

/** @see https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include.filter */
export type Filter = { readonly property: string; readonly op: string; readonly value: string };

/** Whether a filter selects a concept. */
export type ConceptTest = (concept: Concept) => boolean;

/**
 * The test that a filter stands for in a code system.
 * @throws {TerminologyError} not-supported, for an operator or a regular expression that is not followed here
 * @see https://hl7.org/fhir/R4/valueset-filter-operator.html
 */
export function filterTest(system: CodeSystem, { property, op, value }: Filter): ConceptTest {
  const values = valuesBy(property);
  const listed = () => new Set(value.split(',').map((one) => one.trim()));
  switch (op) {
    case '=':
      return (concept) => values(concept).includes(value);
    case 'is-a':
      return within(below(system, value));
    case 'descendent-of': {
      const all = below(system, value);
      return (concept) => all.has(concept) && concept !== system.find(value);
    }
    case 'is-not-a': {
      const all = below(system, value);
      return (concept) => !all.has(concept);
    }
    case 'generalizes': {
      const start = system.find(value);
      return within(start ? withAncestors(start) : new Set());
    }
    case 'in': {
      const all = listed();
      return (concept) => values(concept).some((one) => all.has(one));
    }
    case 'not-in': {
      const all = listed();
      return (concept) => !values(concept).some((one) => all.has(one));
    }
    case 'regex': {
      const fits = boundedRegex(value);
      return once(system, (concept) => values(concept).some(fits));
    }
    case 'exists':
      return (concept) => values(concept).length > 0 === (value !== 'false');
    default:
      throw new TerminologyError('not-supported', `A filter by ${property} has an operator that R4 does not know.`);
  }
}

/** Tries every concept when the first is asked about, and then knows. */
function once(system: CodeSystem, test: ConceptTest): ConceptTest {
  let known: ReadonlySet<Concept> | TerminologyError | undefined;
  return (concept) => {
    known ??= triedOn(system, test);
    if (known instanceof TerminologyError) throw known;
    return known.has(concept);
  };
}

function triedOn(system: CodeSystem, test: ConceptTest): ReadonlySet<Concept> | TerminologyError {
  try {
    return new Set(system.concepts.filter(test));
  } catch (error) {
    if (error instanceof TerminologyError) return error;
    throw error;
  }
}

function within(all: ReadonlySet<Concept>): ConceptTest {
  return (concept) => all.has(concept);
}

function below(system: CodeSystem, code: string): ReadonlySet<Concept> {
  const start = system.find(code);
  return start ? withDescendants(start) : new Set();
}

/** What a concept has for a property, as text. `concept` and `code` are the code itself. */
function valuesBy(property: string): (concept: Concept) => readonly string[] {
  switch (property) {
    case 'concept':
    case 'code':
      return ({ code }) => [code];
    case 'display':
      return ({ display }) => (display === undefined ? [] : [display]);
    case 'definition':
      return ({ definition }) => (definition === undefined ? [] : [definition]);
    case 'parent':
      return ({ parents }) => [...parents].map(({ code }) => code);
    case 'child':
      return ({ children }) => [...children].map(({ code }) => code);
    case 'inactive':
      return ({ isInactive }) => [String(isInactive)];
    case 'notSelectable':
      return ({ isAbstract }) => [String(isAbstract)];
    default:
      return ({ properties }) =>
        properties.filter(({ code }) => code === property).map((one) => String(propertyValue(one)));
  }
}
