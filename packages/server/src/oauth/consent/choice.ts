import { filtersOf, narrow, parseScope, type Scope, scopeLimits } from '@chartgate/fhir';
import type { Consent } from '../../store/authorization-ports.ts';
import type { Offer, RecordBox } from './offer.ts';
import { valuesOf } from './offer.ts';

/** What a user's ticks come to. Scopes separated by spaces. */
export type Choice = {
  /** In the syntax the app asked in, where that can say it. */
  readonly scope: string;
  /** Boxes without a tick, and requested scopes that were not granted as they stand. */
  readonly refused: string;
  /** Whether records were asked for, and none of them is granted. */
  readonly isEmpty: boolean;
};

/**
 * The scopes that the ticks grant. The server decides: a value without a box counts for nothing, and nothing is granted
 * that was not requested. A type of which a category lost its tick is granted as the categories that are left, never as
 * a whole. A wildcard that lost anything is granted as its types.
 */
export function choiceOf(requested: readonly Scope[], offer: Offer, ticked: ReadonlySet<string>): Choice {
  const opened = [
    ...offer.fixed,
    ...offer.named.filter((name) => ticked.has(name)),
    ...openedBy(offer.records, ticked),
  ];
  const allowed = opened.flatMap((text) => parseScope(text).scopes);
  const parts = requested.flatMap((scope) => narrow([scope], fitting(scope, allowed)));
  const granted = new Set(parts.map(({ text }) => text).slice(0, scopeLimits.scopes));
  const unticked = valuesOf(offer).filter((value) => !ticked.has(value));
  const missing = requested.map(({ text }) => text).filter((text) => !granted.has(text));
  return {
    scope: [...granted].join(' '),
    refused: bounded([...new Set([...missing, ...unticked])]).join(' '),
    isEmpty: offer.records.length > 0 && ![...granted].some((text) => /^(patient|user)\//.test(text)),
  };
}

/** As much as is read again as scopes. What was requested comes first: it is what nobody is asked about twice. */
export function bounded(texts: readonly string[]): readonly string[] {
  let length = 0;
  const fits = (text: string) => {
    length += text.length + 1;
    return length <= scopeLimits.length;
  };
  return texts.slice(0, scopeLimits.scopes).filter(fits);
}

/** A granular request is met by its whole type or by itself: two different filters would make a third one of both. */
function fitting(scope: Scope, allowed: readonly Scope[]): readonly Scope[] {
  if (scope.kind === 'named') return allowed;
  const own = filterKey(scope);
  return own === '' ? allowed : allowed.filter((other) => ['', own].includes(filterKey(other)));
}

function filterKey(scope: Scope): string {
  return scope.kind === 'named' ? '' : [...filtersOf(scope).keys()].toSorted().join('&');
}

function openedBy(boxes: readonly RecordBox[], ticked: ReadonlySet<string>): readonly string[] {
  return boxes
    .filter((box) => box.within === undefined && ticked.has(box.value))
    .flatMap((box) => (box.type === '*' ? openedByRest(box, boxes, ticked) : openedByType(box, boxes, ticked)));
}

function openedByType(box: RecordBox, boxes: readonly RecordBox[], ticked: ReadonlySet<string>): readonly string[] {
  const parts = boxes.filter(({ within }) => within === box.value).map(({ value }) => value);
  const left = parts.filter((value) => ticked.has(value));
  return left.length === parts.length ? [box.value] : left;
}

/** The wildcard itself where nothing that it holds was left out. */
function openedByRest(rest: RecordBox, boxes: readonly RecordBox[], ticked: ReadonlySet<string>): readonly string[] {
  const held = boxes.filter(
    ({ context, access, filters, category, within }) =>
      context === rest.context &&
      access === rest.access &&
      filters === undefined &&
      (category === undefined || within !== undefined),
  );
  if (held.every(({ value }) => ticked.has(value))) return [rest.value];
  return (rest.types ?? []).map((type) => `${rest.context}/${type}.${rest.letters.join('')}`);
}

/** The boxes that have a tick when the page is shown: as they were left the last time, and all that are new. */
export function tickedBefore(
  offer: Offer,
  before: Pick<Consent, 'scope' | 'refused'> | undefined,
): ReadonlySet<string> {
  const refused = new Set(before?.refused.split(' '));
  const isGranted = grantedBy(before?.scope ?? '');
  const isTicked = (box: RecordBox) =>
    !refused.has(box.value) ||
    isGranted(box.value) ||
    offer.records.some(({ within, value }) => within === box.value && isGranted(value));
  const records = offer.records.filter(isTicked).map(({ value }) => value);
  return new Set([...records, ...offer.named.filter((name) => !refused.has(name))]);
}

/** The boxes that were not there the last time. */
export function newSince(offer: Offer, before: Pick<Consent, 'scope' | 'refused'> | undefined): ReadonlySet<string> {
  if (!before) return new Set();
  const refused = new Set(before.refused.split(' '));
  const isGranted = grantedBy(before.scope);
  const known = new Set(
    offer.records
      .filter(({ value, within }) => refused.has(value) || isGranted(value) || (within && refused.has(within)))
      .map(({ value }) => value),
  );
  return new Set(valuesOf(offer).filter((value) => !known.has(value) && !refused.has(value) && !isGranted(value)));
}

/** Whether a scope lies wholly within these. */
export function grantedBy(scope: string): (value: string) => boolean {
  const allowed = parseScope(scope).scopes;
  return (value) => {
    const [asked] = parseScope(value).scopes;
    return asked !== undefined && narrow([asked], allowed).some(({ text }) => text === asked.text);
  };
}
