import { isPrimitive, isType } from '../../definitions/type.ts';
import { single, singleString } from '../collection.ts';
import { FhirPathError } from '../error.ts';
import { type Frame, spend } from '../frame.ts';
import { isObject, memberReader } from '../navigate.ts';
import { systemValue } from '../system.ts';
import { isKindOf, isSystem } from '../types.ts';
import { type Collection, nothing, type TypedValue, truth } from '../value.ts';
import { type FhirPathFunctions, ofInput, ofValue } from './definition.ts';
import { isSafeNarrative } from './narrative.ts';
import { resolved } from './resolve.ts';

const extensionsOf = memberReader('extension');
const modifiersOf = memberReader('modifierExtension');

/** What FHIR adds to FHIRPath. @see https://hl7.org/fhir/R4/fhirpath.html#functions */
export const fhir: FhirPathFunctions = {
  extension: ofValue(withUrl),
  // Not on R4's page, but in one of its search parameters.
  hasExtension: ofValue((input, url) => truth(withUrl(input, url).length > 0)),
  hasValue: ofInput((input) => truth(input.length === 1 && hasValue(input[0]!))),
  getValue: ofInput((input) => {
    const value = input.length === 1 && hasValue(input[0]!) ? systemValue(input[0]!) : undefined;
    return value ? [value] : nothing;
  }),
  resolve: ofInput((input, frame) => input.flatMap((item) => resolved(item, frame) ?? nothing)),
  memberOf: ofValue((input, valueSet, { run }) => {
    const [item, url] = [single(input, 'memberOf()'), singleString(valueSet, 'memberOf()')];
    return item && url !== undefined ? truth(run.environment.isMember?.(url, item)) : nothing;
  }),
  conformsTo: ofValue((input, profile, frame) => {
    const [item, url] = [single(input, 'conformsTo()'), singleString(profile, 'conformsTo()')];
    return item && url !== undefined ? truth(conforms(item, url, frame)) : nothing;
  }),
  htmlChecks: ofInput((input, frame) => {
    const html = singleString(input, 'htmlChecks()');
    spend(frame, (html?.length ?? 0) >> 5);
    return html === undefined ? nothing : truth(isSafeNarrative(html));
  }),
  subsumes: ofValue((input, other, frame) =>
    truth(subsumes(single(input, 'subsumes()'), single(other, 'subsumes()'), frame)),
  ),
  subsumedBy: ofValue((input, other, frame) =>
    truth(subsumes(single(other, 'subsumedBy()'), single(input, 'subsumedBy()'), frame)),
  ),
  slice: {
    takes: [2, 2],
    run: (input, [profile, name], frame) => {
      const [url, slice] = [singleString(profile!(frame), 'slice()'), singleString(name!(frame), 'slice()')];
      if (url === undefined || slice === undefined) return nothing;
      return input.filter((item) => frame.run.environment.isInSlice?.(url, slice, item) === true);
    },
  },
  elementDefinition: ofInput((input, { run }) =>
    input.flatMap((item) => run.environment.elementDefinition?.(item) ?? nothing),
  ),
  checkModifiers: {
    takes: [0, 50],
    run: (input, urls, frame) =>
      checked(
        input,
        urls.map((url) => url(frame)),
      ),
  },
};

function withUrl(input: Collection, url: Collection): Collection {
  const wanted = singleString(url, 'extension()');
  return read(input, extensionsOf).filter(({ value }) => isObject(value) && value.url === wanted);
}

function read(input: Collection, reader: typeof extensionsOf): TypedValue[] {
  const found: TypedValue[] = [];
  for (const item of input) reader(item, found);
  return found;
}

function hasValue({ type, value }: TypedValue): boolean {
  return (isPrimitive(type) || isSystem(type)) && value !== undefined && value !== null;
}

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Of R4's own types the type alone tells, where nobody knows better. */
function conforms(item: TypedValue, profile: string, { run }: Frame): boolean | undefined {
  const answer = run.environment.conformsTo?.(profile, item);
  if (answer !== undefined) return answer;
  const type = profile.startsWith(core) ? profile.slice(core.length) : '';
  if (isType(type)) return isKindOf(item.type, type);
  throw new FhirPathError(`The profile ${JSON.stringify(profile)} is not known. Install the package that has it.`);
}

type Concept = { readonly system: string | undefined; readonly code: string };

/** True if any code of `a` subsumes any of `b`; unknown if that cannot be told of one of them. */
function subsumes(a: TypedValue | undefined, b: TypedValue | undefined, { run }: Frame): boolean | undefined {
  if (!a || !b) return undefined;
  let isKnown = true;
  for (const upper of conceptsOf(a)) {
    for (const lower of conceptsOf(b)) {
      if (upper.system !== lower.system) continue;
      const answer =
        upper.code === lower.code ||
        (upper.system === undefined ? undefined : run.environment.subsumes?.(upper.system, upper.code, lower.code));
      if (answer === true) return true;
      if (answer === undefined) isKnown = false;
    }
  }
  return isKnown ? false : undefined;
}

function conceptsOf({ value }: TypedValue): readonly Concept[] {
  if (typeof value === 'string') return [{ system: undefined, code: value }];
  if (!isObject(value)) return [];
  const codings: readonly unknown[] = Array.isArray(value.coding) ? value.coding : [value];
  return codings.flatMap((coding) => {
    const { system, code } = isObject(coding) ? coding : {};
    return typeof code === 'string' ? [{ system: typeof system === 'string' ? system : undefined, code }] : [];
  });
}

/** The input, if its modifier extensions are among those given. @throws {FhirPathError} otherwise */
function checked(input: Collection, known: readonly Collection[]): Collection {
  const urls = new Set(known.map((url) => singleString(url, 'checkModifiers()')));
  for (const { value } of read(input, modifiersOf)) {
    const url = isObject(value) ? value.url : undefined;
    if (typeof url !== 'string' || !urls.has(url)) {
      throw new FhirPathError('checkModifiers() found a modifier extension that is not among those it was given.');
    }
  }
  return input;
}
