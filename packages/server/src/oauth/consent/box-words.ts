import { describeScope, parseScope } from '@chartgate/fhir';
import { capitalized, listed } from '../words.ts';
import type { RecordBox } from './offer.ts';
import { wordsOf } from './type-words.ts';

const verbs = { c: 'add', u: 'change', d: 'delete' } as const;

/** What a box lets an app do, in words. `isOwn`: the record is the reader's own, so that it is "your". */
export function boxWords(box: RecordBox, isOwn: boolean): string {
  const { words, isOwn: isOfRecord } = wordsOf(box.type);
  const whose = isOwn && isOfRecord ? 'your ' : '';
  if (box.type === '*') return capitalized(access(box, `everything else in ${isOwn ? 'your' : 'the'} record`));
  if (box.category) {
    return capitalized(access(box, box.within === undefined ? `${whose}${box.category.words}` : box.category.words));
  }
  if (box.filters) return capitalized(access(box, `${whose}${words}, only where ${condition(box)}`));
  return capitalized(access(box, `${whose}${words}`));
}

/** Seeing goes without saying; changing is said. */
function access({ access: kind, letters }: RecordBox, words: string): string {
  if (kind === 'read') return words;
  return `${listed(letters.map((letter) => verbs[letter as keyof typeof verbs]))} ${words}`;
}

function condition({ value }: RecordBox): string {
  const [scope] = parseScope(value).scopes;
  const said = scope === undefined ? '' : describeScope(scope);
  return said.slice(said.indexOf(', only where ') + ', only where '.length).replace(/\.$/, '');
}
