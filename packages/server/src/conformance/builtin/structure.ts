import { type CanonicalResource, isPrimitive, typeDefinition } from '@chartgate/fhir';

type Element = { readonly path: string };

/**
 * A StructureDefinition of R4 without the elements that R4 does not have: the npm package puts some of its own and of
 * later versions beside them.
 */
export function onlyR4(definition: CanonicalResource): CanonicalResource {
  const { derivation, kind, type, snapshot } = definition;
  const elements = (snapshot as { readonly element?: readonly Element[] } | undefined)?.element;
  const isStructure = kind === 'resource' || kind === 'complex-type';
  if (!isStructure || !elements || derivation === 'constraint' || typeof type !== 'string') return definition;
  const element = elements.filter(({ path }) => isKnown(path));
  return element.length === elements.length ? definition : { ...definition, snapshot: { element } };
}

function isKnown(path: string): boolean {
  const dot = path.lastIndexOf('.');
  if (dot < 0) return true;
  const [parent, name] = [path.slice(0, dot), path.slice(dot + 1).replace('[x]', '')];
  if (isPrimitive(parent)) return true;
  try {
    return typeDefinition(parent).elements.some((element) => element.name === name);
  } catch {
    return false;
  }
}
