import { filtersOf } from './filter.ts';
import { namedScopes } from './named.ts';
import type { Letter, ResourceScope, Scope } from './scope.ts';

const words: Record<Letter, string> = { c: 'create', r: 'read', u: 'update', d: 'delete', s: 'search' };

/** What a scope lets an app do, as one plain English sentence for people who decide about it. */
export function describeScope(scope: Scope): string {
  if (scope.kind === 'named') return namedScopes.get(scope.text) ?? `Use ${scope.text}.`;
  const verbs = listed(
    scope.letters.map((letter) => words[letter]),
    'and',
  );
  const filters = [...filtersOf(scope).values()].map(condition);
  const only = filters.length === 0 ? '' : `, only where ${listed(filters, 'and')}`;
  return `${verbs.charAt(0).toUpperCase()}${verbs.slice(1)} ${records(scope)}${only}.`;
}

function records({ context, type }: ResourceScope): string {
  const noun = type === '*' ? 'records' : `${type} records`;
  switch (context) {
    case 'patient':
      return `the patient’s ${noun}`;
    case 'user':
      return `the ${noun} that the user may see`;
    case 'system':
      return type === '*' ? 'all records of everyone' : `all ${noun}`;
  }
}

/** `category:not=a,b` as `category is not a or b`. The value stays as written: it is the client's text. */
function condition(filter: string): string {
  const mark = filter.indexOf('=');
  const [name = '', modifier] = filter.slice(0, mark).split(':');
  const values = listed(filter.slice(mark + 1).split(','), 'or');
  if (modifier === undefined) return `${name} is ${values}`;
  if (modifier === 'not') return `${name} is not ${values}`;
  if (modifier === 'missing') return values === 'true' ? `there is no ${name}` : `there is a ${name}`;
  return `${name} (${modifier}) is ${values}`;
}

function listed(items: readonly string[], conjunction: 'and' | 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}
