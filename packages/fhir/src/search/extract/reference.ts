import { parseReference } from '../../reference/parse.ts';
import type { ReferenceSearchValue, SearchValue } from '../value.ts';
import { arrayOf, type Draft, objectOf, textOf } from './read.ts';

/** How values of each data type become references. @see https://hl7.org/fhir/R4/search.html#reference */
export const reference = {
  reference(out: SearchValue[], parameter: string, value: unknown): void {
    const found = objectOf(value);
    const text = textOf(found?.reference);
    const identifier = identifierOf(found?.identifier);
    if (text === undefined && identifier === undefined) return;
    const draft: Draft<ReferenceSearchValue> = { kind: 'reference', parameter };
    const local = text === undefined ? undefined : parseReference(text);
    if (local?.kind === 'local') {
      draft.type = local.type;
      draft.id = local.id;
      if (local.version !== undefined) draft.version = local.version;
    } else if (text !== undefined) draft.url = text;
    if (identifier !== undefined) draft.identifier = identifier;
    out.push(draft);
  },

  /** A canonical with a version is found with it and without. */
  canonical(out: SearchValue[], parameter: string, value: unknown): void {
    const url = textOf(value);
    if (url === undefined) return;
    out.push({ kind: 'reference', parameter, url });
    const bar = url.indexOf('|');
    if (bar > 0) out.push({ kind: 'reference', parameter, url: url.slice(0, bar) });
  },

  uri(out: SearchValue[], parameter: string, value: unknown): void {
    const url = textOf(value);
    if (url !== undefined) out.push({ kind: 'reference', parameter, url });
  },

  /** A resource that lies inside, such as the Composition of a document. */
  resource(out: SearchValue[], parameter: string, value: unknown): void {
    const resource = objectOf(value);
    const [type, id] = [textOf(resource?.resourceType), textOf(resource?.id)];
    if (type !== undefined && id !== undefined) out.push({ kind: 'reference', parameter, type, id });
  },
};

/**
 * `resolve() is Patient`, decided without resolving: by the reference's own text, by its member `type`, or by the
 * contained resource it points at.
 */
export function resolvesTo(value: unknown, type: string, root: unknown): boolean {
  const found = objectOf(value);
  const text = textOf(found?.reference);
  if (text?.startsWith('#')) return objectOf(contained(root, text.slice(1)))?.resourceType === type;
  const parsed = text === undefined ? undefined : parseReference(text);
  return parsed?.type === undefined ? found?.type === type : parsed.type === type;
}

function contained(root: unknown, id: string): unknown {
  const resource = objectOf(root);
  return id === '' ? resource : arrayOf(resource?.contained).find((inner) => objectOf(inner)?.id === id);
}

function identifierOf(value: unknown): { system?: string; value?: string } | undefined {
  const identifier = objectOf(value);
  const [system, text] = [textOf(identifier?.system), textOf(identifier?.value)];
  if (system === undefined && text === undefined) return undefined;
  return { ...(system === undefined ? undefined : { system }), ...(text === undefined ? undefined : { value: text }) };
}
