import type { Ticket } from '@chartgate/client';
import type { Io } from '../io.ts';
import { cell } from './table.ts';

/** A ticket as lines of text: the checks in order, what was expected, what came, and what to do. */
export function ticketLines({ colour }: Pick<Io, 'colour'>, ticket: Ticket): readonly string[] {
  const mark = { passed: colour.green('✓'), failed: colour.red('✗'), skipped: colour.dim('–') };
  const checks = ticket.checks.map(({ check, outcome }) => `  ${mark[outcome] ?? '?'} ${cell(check)}`);
  const why = [
    ['expected', ticket.expected],
    ['received', ticket.received],
    ['to do', ticket.advice],
  ].flatMap(([name, text]) => (text ? [`${`${name}:`.padEnd(10)} ${cell(text)}`] : []));
  return [...checks, ...why];
}
