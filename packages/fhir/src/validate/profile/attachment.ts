import { type Item, objectOf } from './item.ts';

/** An attachment that carries its data states its size rightly. @see https://hl7.org/fhir/R4/datatypes.html#Attachment */
export function inspectAttachment(item: Item): void {
  const { data, size } = objectOf(item.value) ?? {};
  if (typeof data !== 'string' || typeof size !== 'number') return;
  const characters = /\s/.test(data) ? data.replace(/\s+/g, '') : data;
  const padding = characters.endsWith('==') ? 2 : characters.endsWith('=') ? 1 : 0;
  if ((characters.length / 4) * 3 - padding === size) return;
  const text = 'Attachment.size is not the number of bytes in Attachment.data.';
  item.scope.run.add({ severity: 'error', code: 'structure', text, at: item });
}
