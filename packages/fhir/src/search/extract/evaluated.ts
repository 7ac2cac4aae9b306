import type { Environment } from '../../fhirpath/environment.ts';
import { FhirPathError } from '../../fhirpath/error.ts';
import { compileFhirPath } from '../../fhirpath/fhirpath.ts';
import { systemText, systemValue } from '../../fhirpath/system.ts';
import { resourceValue, type TypedValue } from '../../fhirpath/value.ts';
import type { Resource } from '../../resource/resource.ts';
import type { SearchParameter } from '../parameter.ts';
import type { SearchValue } from '../value.ts';
import { conversion } from './conversion.ts';

/** Steps that one expression may take on one resource: every write waits for it. */
const steps = 20_000;

/**
 * What a parameter finds by evaluating its expression: for those beyond the subset that is compiled. An expression that
 * fails on a resource, or takes too long, finds nothing in it.
 * @throws {FhirPathError} for what is no FHIRPath
 */
export function evaluated({ expression, type, code }: SearchParameter): (root: unknown, out: SearchValue[]) => void {
  const path = compileFhirPath(expression);
  return (root, out) => {
    const focus = resourceValue(root as Resource);
    const environment: Environment = { resource: focus, rootResource: focus, steps };
    try {
      for (const item of path.evaluate(focus, environment)) convert(item);
    } catch (error) {
      if (!(error instanceof FhirPathError)) throw error;
    }

    function convert(item: TypedValue): void {
      const { name, value } = fhirValue(item);
      if (value !== undefined) conversion(type, name)?.(out, code, value);
    }
  };
}

const fhirNames: Readonly<Record<string, string>> = {
  'System.Boolean': 'boolean',
  'System.String': 'string',
  'System.Integer': 'integer',
  'System.Decimal': 'decimal',
  'System.Date': 'date',
  'System.DateTime': 'dateTime',
};

/** What functions make is of a System type: its FHIR counterpart, in the form that JSON has. */
function fhirValue(item: TypedValue): { readonly name: string; readonly value: unknown } {
  const name = fhirNames[item.type];
  if (name === undefined) return { name: item.type, value: item.value };
  const value = systemValue(item);
  if (value === undefined) return { name, value };
  const text = systemText(value);
  const isNumber = name === 'integer' || name === 'decimal';
  return { name, value: isNumber ? Number(text) : name === 'boolean' ? text === 'true' : text };
}
