import { parsePath } from './parse-path.ts';
import type { BindingRules, Discriminator, ElementRules, Invariant, Slicing, TypeRules } from './rules.ts';
import type {
  BindingJson,
  ConstraintJson,
  ElementDefinitionJson,
  SlicingJson,
  TypeJson,
} from './structure-definition.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Rules in the making: children and slices are added as the snapshot is read. */
export type ElementBuilder = Omit<Writable<ElementRules>, 'children' | 'slicing'> & {
  readonly isChoice: boolean;
  readonly children: ElementBuilder[];
  slicing: SlicingBuilder | undefined;
};

type SlicingBuilder = Omit<Slicing, 'slices'> & { readonly slices: ElementBuilder[] };

/** The rules of an ElementDefinition, without what is inside of it. */
export function compileElement(element: ElementDefinitionJson, profile: string): ElementBuilder {
  const segment = element.path.slice(element.path.lastIndexOf('.') + 1);
  return {
    id: element.id ?? element.path,
    profile,
    name: segment.replace(/\[x\]$/, ''),
    isChoice: segment.endsWith('[x]'),
    sliceName: element.sliceName,
    min: element.min ?? 0,
    max: element.max === undefined || element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max),
    isModifier: element.isModifier === true,
    types: (element.type ?? []).map(typeRules),
    fixed: choiceMember(element, 'fixed'),
    pattern: choiceMember(element, 'pattern'),
    minValue: choiceMember(element, 'minValue'),
    maxValue: choiceMember(element, 'maxValue'),
    maxLength: element.maxLength,
    binding: bindingRules(element.binding),
    invariants: (element.constraint ?? []).flatMap(invariant),
    contentReference: element.contentReference,
    children: [],
    slicing: slicingRules(element.slicing),
  };
}

/** The value of `fixed[x]`, whichever its type. */
function choiceMember(element: ElementDefinitionJson, prefix: string): unknown {
  for (const name in element) {
    if (name.startsWith(prefix) && /[A-Z]/.test(name.charAt(prefix.length))) return element[name];
  }
  return undefined;
}

function typeRules(type: TypeJson): TypeRules {
  return {
    code: type.code,
    profiles: type.profile ?? [],
    targets: type.targetProfile ?? [],
    aggregation: type.aggregation ?? [],
    versioning: type.versioning,
  };
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

/** Preferred and example bindings demand nothing, but for a maximum that they may name. */
function bindingRules(binding: BindingJson | undefined): BindingRules | undefined {
  if (binding?.valueSet === undefined) return undefined;
  const extension = binding.extension?.find(({ url }) => url === maxValueSet);
  const max = extension?.valueCanonical ?? extension?.valueUri;
  const most = typeof max === 'string' ? max : undefined;
  const { strength, valueSet } = binding;
  if (strength === 'required' || strength === 'extensible') return { strength, valueSet, maxValueSet: most };
  return most === undefined ? undefined : { strength: 'required', valueSet: most, maxValueSet: undefined };
}

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

/**
 * Rules of R4 that are checked in TypeScript, each once for every element it is about: by the check of the structure
 * (ele-1), `contained.ts` (dom-2 to dom-5), `reference.ts` (ref-1), `narrative.ts` (txt-1, txt-2), `extension.ts` (ext-1).
 */
const checkedElsewhere = new Set(['ele-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'ref-1', 'txt-1', 'txt-2', 'ext-1']);

/** A profile may have a rule of its own with such a key; then it names itself as the source. */
function isChecked({ key, source }: ConstraintJson): boolean {
  const isOfR4 = source === undefined || !source.includes(':') || source.startsWith('http://hl7.org/fhir/Structure');
  return checkedElsewhere.has(key) && isOfR4;
}

function invariant(constraint: ConstraintJson): readonly Invariant[] {
  const { key, severity, human, expression, extension } = constraint;
  if (typeof expression !== 'string' || expression === '' || isChecked(constraint)) return [];
  const isBestPractice = extension?.some((one) => one.url === bestPractice && one.valueBoolean === true) === true;
  return [{ key, human, expression, severity: severity === 'error' && !isBestPractice ? 'error' : 'warning' }];
}

const kinds: Readonly<Record<string, Discriminator['kind']>> = {
  value: 'value',
  // "pattern: this means the same as value, and is deprecated."
  pattern: 'value',
  exists: 'exists',
  type: 'type',
  profile: 'profile',
};

function slicingRules(slicing: SlicingJson | undefined): SlicingBuilder | undefined {
  if (!slicing) return undefined;
  const { rules } = slicing;
  return {
    discriminators: (slicing.discriminator ?? []).map(({ type, path }) => ({
      kind: kinds[type] ?? 'value',
      path: Object.hasOwn(kinds, type) ? parsePath(path) : undefined,
    })),
    rules: rules === 'closed' || rules === 'openAtEnd' ? rules : 'open',
    isOrdered: slicing.ordered === true,
    slices: [],
  };
}
