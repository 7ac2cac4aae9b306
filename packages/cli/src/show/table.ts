import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../io.ts';

/**
 * Prints rows to stdout: aligned under headers on a terminal; piped, one line a row with tabs between and no headers.
 * Control characters in cells, which a server may have sent, are taken out.
 */
export async function printTable(
  io: Io,
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  withHeaders = true,
): Promise<void> {
  const clean = rows.map((row) => row.map(cell));
  if (!io.stdout.isTTY) {
    for (const row of clean) await io.stdout.write(`${row.join('\t')}\n`);
    return;
  }
  const widths = headers.map((header, at) => Math.max(header.length, ...clean.map((row) => width(row[at] ?? ''))));
  const line = (row: readonly string[]) =>
    row.map((text, at) => (at === row.length - 1 ? text : text + ' '.repeat(widths[at]! - width(text)))).join('  ');
  if (withHeaders) await io.stdout.write(`${io.colour.bold(line(headers))}\n`);
  for (const row of clean) await io.stdout.write(`${line(row)}\n`);
}

/** Prints `name: value` lines to stdout; members without a value are left out. */
export async function printFields(io: Io, fields: readonly (readonly [name: string, value: unknown])[]): Promise<void> {
  const given = fields.filter(([, value]) => value !== undefined && value !== '');
  const wide = Math.max(0, ...given.map(([name]) => name.length)) + 1;
  for (const [name, value] of given) {
    await io.stdout.write(
      io.stdout.isTTY ? `${`${name}:`.padEnd(wide)}  ${cell(value)}\n` : `${name}\t${cell(value)}\n`,
    );
  }
}

/** One line of printable text. */
export function cell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ')
    .trim();
}

/** Columns on the screen, near enough: letters of the Far East take two. */
function width(text: string): number {
  let columns = 0;
  for (const letter of text.normalize('NFC'))
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(letter) ? 2 : 1;
  return columns;
}
