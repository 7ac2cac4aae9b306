import { compileElement, type ElementBuilder } from './compile-element.ts';
import type { ElementRules, Profile } from './rules.ts';
import type { ElementDefinitionJson, StructureDefinition } from './structure-definition.ts';

/** Elements that a snapshot may have; the largest of R4's own has fewer than 500. */
const maxElements = 5_000;

/**
 * Makes the tree of rules from the elements of a snapshot: elements below their parents, slices at the element that they slice.
 * @returns undefined where the snapshot does not begin at its root, or is too large
 */
export function compileProfile(
  definition: StructureDefinition,
  elements: readonly ElementDefinitionJson[],
): Profile | undefined {
  const [first] = elements;
  if (!first || first.path.includes('.') || elements.length > maxElements) return undefined;
  const canonical = definition.version === undefined ? definition.url : `${definition.url}|${definition.version}`;
  const byId = new Map<string, ElementRules>();
  const root = compileElement(first, canonical);
  /** The element that lies open at each depth. Snapshots list an element right before what is inside of it. */
  const open: ElementBuilder[] = [root];
  for (const element of elements) {
    const depth = element.path.split('.').length - 1;
    const builder = element === first ? root : compileElement(element, canonical);
    const parent = depth > 0 ? open[depth - 1] : undefined;
    if (parent) place(builder, parent);
    open.length = depth;
    open[depth] = builder;
    if (!byId.has(builder.id)) byId.set(builder.id, builder);
  }
  return {
    canonical,
    url: definition.url,
    type: definition.type,
    root,
    elements: byId,
    contexts: contextsOf(definition),
  };
}

/** Puts an element among its parent's children, a slice with the element that it is a slice of. */
function place(builder: ElementBuilder, parent: ElementBuilder): void {
  const head = parent.children.findLast((one) => one.name === builder.name && one.sliceName === undefined);
  const choice = head ? undefined : choiceOf(builder, parent);
  if (choice) {
    builder.sliceName ??= builder.name;
    builder.name = choice.name;
    sliceInto(choice, builder);
    return;
  }
  if (!head || builder.sliceName === undefined) parent.children.push(builder);
  else sliceInto(outerSlice(head, builder.sliceName), builder);
}

/** `valueQuantity` in place of `value[x]`: a snapshot may write a type's slice like this. */
function choiceOf(builder: ElementBuilder, parent: ElementBuilder): ElementBuilder | undefined {
  return parent.children.find((one) =>
    one.types.some(
      ({ code }) => one.isChoice && builder.name === one.name + code.charAt(0).toUpperCase() + code.slice(1),
    ),
  );
}

/** `a/b` is a slice of slice `a`. */
function outerSlice(head: ElementBuilder, sliceName: string): ElementBuilder {
  const outer = head.slicing?.slices.find((slice) => sliceName.startsWith(`${slice.sliceName}/`));
  return outer ? outerSlice(outer, sliceName) : head;
}

function sliceInto(head: ElementBuilder, slice: ElementBuilder): void {
  head.slicing ??= { discriminators: implied(head), rules: 'open', isOrdered: false, slices: [] };
  head.slicing.slices.push(slice);
}

/** What slices without a word about slicing are told apart by. */
function implied(head: ElementBuilder) {
  if (head.isChoice) return [{ kind: 'type', path: [] }] as const;
  const isExtension = head.name === 'extension' || head.name === 'modifierExtension';
  return isExtension ? ([{ kind: 'value', path: [{ kind: 'member', name: 'url' }] }] as const) : [];
}

function contextsOf({ context }: StructureDefinition): Profile['contexts'] {
  return (Array.isArray(context) ? context : []).filter(
    (one) => typeof one?.type === 'string' && typeof one.expression === 'string',
  );
}
