import { filtersOf, type Letter, type ResourceScope, resourceTypes, type Scope, scopeLetters } from '@chartgate/fhir';
import { canOpen } from '../../access/line.ts';
import { type Category, categoriesOf, categoryOf } from './category.ts';
import { everydayTypes } from './type-words.ts';

export type Context = 'patient' | 'user';

/** Seeing records and changing them are asked for apart. */
export type Access = 'read' | 'write';

/** A tick box for records. Its value is a scope in v2's letters, whatever syntax the app asked in. */
export type RecordBox = {
  readonly value: string;
  readonly context: Context;
  readonly access: Access;
  /** A resource type, or `*`: all those that have no box of their own. */
  readonly type: string;
  readonly letters: readonly Letter[];
  /** The value of the box of the whole type, of which this is one category. */
  readonly within?: string;
  readonly category?: Category;
  /** Of a part that is no category: its filters as they were asked for. */
  readonly filters?: readonly string[];
  /** Of `*`: what it stands for. */
  readonly types?: readonly string[];
};

/** What a user is asked about an app. */
export type Offer = {
  readonly records: readonly RecordBox[];
  /** Named scopes with a tick box, such as `offline_access`. */
  readonly named: readonly string[];
  /** Named scopes that come with allowing anything, such as `openid`. */
  readonly fixed: readonly string[];
};

const lettersOf: Readonly<Record<Access, readonly Letter[]>> = { read: ['r', 's'], write: ['c', 'u', 'd'] };
const tickable = new Set(['profile', 'email', 'phone', 'address', 'offline_access', 'online_access']);

/** The tick boxes for what is asked for. What can open nothing to a user has none, and so is never granted. */
export function offerOf(requested: readonly Scope[]): Offer {
  const names = requested.filter(({ kind }) => kind === 'named').map(({ text }) => text);
  const asked = requested.filter((scope) => scope.kind === 'resource');
  const records = (['patient', 'user'] as const).flatMap((context) => {
    const scopes = asked.filter((scope) => scope.context === context);
    return (['read', 'write'] as const).flatMap((access) => boxesOf({ context, access, scopes }));
  });
  return {
    records: [...new Map(records.map((box) => [box.value, box])).values()],
    named: names.filter((name) => tickable.has(name)),
    fixed: names.filter((name) => !tickable.has(name)),
  };
}

/** The values of all boxes. Nothing else that a form says is listened to. */
export function valuesOf({ records, named }: Offer): readonly string[] {
  return [...records.map(({ value }) => value), ...named];
}

/** Requested scopes of one context, as one kind of access. */
type Asked = { readonly context: Context; readonly access: Access; readonly scopes: readonly ResourceScope[] };

function boxesOf(asked: Asked): readonly RecordBox[] {
  const { context, scopes } = asked;
  const everywhere = wholeLetters(asked, '*');
  const named = scopes.map(({ type }) => type).filter((type) => type !== '*');
  const listed = [...new Set([...(everywhere.length > 0 ? everydayTypes : []), ...named])];
  const others = resourceTypes.filter(
    (type) => !listed.includes(type) && openable(context, type, everywhere).length > 0,
  );
  const rest: readonly RecordBox[] = others.length === 0 ? [] : [{ ...boxOf(asked, '*', everywhere), types: others }];
  return [...listed.flatMap((type) => boxesOfType(asked, type, everywhere)), ...rest];
}

function boxesOfType(asked: Asked, type: string, everywhere: readonly Letter[]): readonly RecordBox[] {
  const { context, access, scopes } = asked;
  const letters = openable(context, type, [...everywhere, ...wholeLetters(asked, type)]);
  const whole = boxOf(asked, type, letters);
  const kinds = access === 'read' ? categoriesOf(type) : [];
  const granular = scopes.filter((scope) => scope.type === type && filtersOf(scope).size > 0);
  return [
    ...(letters.length === 0 ? [] : [whole, ...kinds.map((category) => categoryBox(whole, category))]),
    ...granular.flatMap((scope) => granularBox(asked, scope, letters)),
  ];
}

function boxOf({ context, access }: Asked, type: string, letters: readonly Letter[]): RecordBox {
  return { value: `${context}/${type}.${letters.join('')}`, context, access, type, letters };
}

function categoryBox(whole: RecordBox, category: Category): RecordBox {
  return { ...whole, value: `${whole.value}?category=${category.value}`, within: whole.value, category };
}

/** A part that is asked for by itself; none where the whole type is asked for as well. */
function granularBox(asked: Asked, scope: ResourceScope, whole: readonly Letter[]): readonly RecordBox[] {
  const letters = openable(asked.context, scope.type, half(asked.access, [scope])).filter((l) => !whole.includes(l));
  if (letters.length === 0) return [];
  const category = categoryOf(scope);
  const box = boxOf(asked, scope.type, letters);
  if (category) return [{ ...box, value: `${box.value}?category=${category.value}`, category }];
  const filters = [...filtersOf(scope).values()];
  return [{ ...box, value: `${box.value}?${filters.join('&')}`, filters }];
}

/** The letters that unfiltered scopes name for the type. */
function wholeLetters({ access, scopes }: Asked, type: string): readonly Letter[] {
  return half(
    access,
    scopes.filter((scope) => scope.type === type && filtersOf(scope).size === 0),
  );
}

function half(access: Access, scopes: readonly ResourceScope[]): readonly Letter[] {
  const named = scopes.flatMap(({ letters }) => letters);
  return lettersOf[access].filter((letter) => named.includes(letter));
}

/** Those of the letters that may open anything of the type to such a scope, each once and in order. */
function openable(context: Context, type: string, letters: readonly Letter[]): readonly Letter[] {
  return scopeLetters.filter((letter) => letters.includes(letter) && canOpen(context, type, letter));
}
