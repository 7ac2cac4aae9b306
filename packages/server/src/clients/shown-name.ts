import type { Client } from '../store/gate-ports.ts';

const longest = 60;

/** The name that a client gave itself, for people to read: bounded, on one line, and with no tower of accents. */
export function shownName({ metadata }: Client): string {
  const name = (metadata.client_name ?? '')
    .normalize('NFC')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  if (name === '') return 'An app without a name';
  const characters = [...name];
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : name;
}

/** Alphabets with letters that look like those of another. */
const alike = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/** Whether a name is of letters of several alphabets that look alike, as nobody's is who means well. */
export function mixesAlphabets(name: string): boolean {
  return alike.filter((script) => script.test(name)).length > 1;
}
