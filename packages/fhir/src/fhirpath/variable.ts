import { FhirPathError } from './error.ts';
import type { Expression, Run } from './frame.ts';
import { string, type TypedValue } from './value.ts';

const constants: Readonly<Record<string, string>> = {
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
};

const prefixes: Readonly<Record<string, string>> = {
  'vs-': 'http://hl7.org/fhir/ValueSet/',
  'ext-': 'http://hl7.org/fhir/StructureDefinition/',
};

const ofRun: Readonly<Record<string, (run: Run) => TypedValue>> = {
  context: ({ context }) => context,
  resource: ({ environment }) => environment.resource,
  rootResource: ({ environment }) => environment.rootResource,
};

/**
 * `%resource`, `%sct`, `%"vs-administrative-gender"` and the like.
 * @throws {FhirPathError} for a name that means nothing
 * @see https://hl7.org/fhir/R4/fhirpath.html#vars
 */
export function variable(name: string): Expression {
  const read = Object.hasOwn(ofRun, name) ? ofRun[name] : undefined;
  if (read) return ({ run }) => [read(run)];
  const prefix = Object.keys(prefixes).find((each) => name.startsWith(each));
  const value = Object.hasOwn(constants, name)
    ? constants[name]
    : prefix && prefixes[prefix] + name.slice(prefix.length);
  if (value === undefined) throw new FhirPathError(`There is no variable %${name} in FHIRPath.`);
  const items = [string(value)];
  return () => items;
}
