import type {
  ChainCriterion,
  CompartmentCriterion,
  Criterion,
  HasCriterion,
  Hierarchy,
  OfTypeValue,
  PartCriterion,
  QuantityCriterion,
  QuantityValue,
  ReferenceCriterion,
  ReferenceValue,
  StringCriterion,
  TextCriterion,
  TokenTextCriterion,
  TokenValue,
} from './ast.ts';
import { meetsDate, meetsNumber } from './compare.ts';
import { isAboveUri } from './hierarchy.ts';
import { isNear } from './near.ts';
import { normalizeString } from './string.ts';
import { meetsText, type TextWords, tokenText } from './text.ts';
import type {
  CompositeSearchValue,
  QuantitySearchValue,
  ReferenceSearchValue,
  SearchValue,
  TokenSearchValue,
} from './value.ts';

/** What criteria look at in one version of a resource. `lastUpdated` is in ms since the epoch. */
export type SearchFacts = {
  readonly id: string;
  readonly lastUpdated: number;
  readonly values: readonly SearchValue[];
  /** The words of the resource, for `_text` and `_content`; asked for where a criterion is about them. */
  readonly text?: TextWords;
};

/** A criterion that one resource meets or not by itself, without a look at others. */
export type PlainCriterion = Exclude<Criterion, ChainCriterion | HasCriterion>;

export function isPlain(criterion: Criterion): criterion is PlainCriterion {
  return criterion.kind !== 'chain' && criterion.kind !== 'has';
}

/**
 * Whether a resource meets all criteria, exactly: the check behind an index that only finds candidates. Tokens, URIs
 * and ids are compared as written, case included, as the index does; strings by `normalizeString`.
 * @throws {TypeError} for a chained or `_has` criterion: these need other resources. Take them out with `isPlain`.
 * @see https://hl7.org/fhir/R4/search.html
 */
export function meets(criteria: readonly Criterion[], facts: SearchFacts): boolean {
  return criteria.every((criterion) => meetsOne(criterion, facts));
}

function meetsOne(criterion: Criterion, facts: SearchFacts): boolean {
  switch (criterion.kind) {
    case 'id':
      return criterion.values.includes(facts.id);
    case 'lastUpdated': {
      const instant = { lo: facts.lastUpdated, hi: facts.lastUpdated + 1 };
      return criterion.values.some((value) => meetsDate(value, instant));
    }
    case 'missing':
      return criterion.missing !== facts.values.some((value) => value.parameter === criterion.parameter.code);
    case 'token':
      return criterion.not !== some(facts, criterion, 'token', meetsToken);
    case 'reference':
      return meetsReferences(criterion, facts);
    case 'string':
      return meetsStrings(criterion, facts);
    case 'date':
      return some(facts, criterion, 'date', meetsDate);
    case 'number':
      return some(facts, criterion, 'number', meetsNumber);
    case 'quantity':
      return meetsQuantities(criterion, facts);
    case 'uri':
      return some(facts, criterion, 'uri', (search, stored) => meetsUri(search, stored, criterion.hierarchy));
    case 'token-text':
      return meetsTokenTexts(criterion, facts);
    case 'of-type':
      return some(facts, criterion, 'token', meetsOfType);
    case 'composite':
      return some(facts, criterion, 'composite', meetsComposite);
    case 'near':
      return some(facts, criterion, 'position', isNear);
    case 'text':
      return meetsTexts(criterion, facts);
    case 'compartment':
      return meetsCompartment(criterion, facts);
    case 'chain':
    case 'has':
      throw new TypeError(`A ${criterion.kind} criterion needs other resources`);
    default:
      return criterion satisfies never;
  }
}

function meetsCompartment({ compartment, parameters, isSelf }: CompartmentCriterion, facts: SearchFacts): boolean {
  if (isSelf && facts.id === compartment.id) return true;
  const value = { kind: 'local', types: [compartment.type], id: compartment.id } as const;
  return parameters.some((parameter) => meetsReferences({ kind: 'reference', parameter, values: [value] }, facts));
}

/** Whether any stored value of the criterion's parameter meets any of its search values. */
function some<K extends SearchValue['kind'], S>(
  facts: SearchFacts,
  { parameter, values }: { readonly parameter: { readonly code: string }; readonly values: readonly S[] },
  kind: K,
  test: (search: S, stored: Extract<SearchValue, { kind: K }>) => boolean,
): boolean {
  const isOfKind = (value: SearchValue): value is Extract<SearchValue, { kind: K }> => value.kind === kind;
  return facts.values.some(
    (stored) => stored.parameter === parameter.code && isOfKind(stored) && values.some((s) => test(s, stored)),
  );
}

function meetsToken(
  { system, code }: TokenValue,
  stored: { readonly system?: string; readonly code?: string },
): boolean {
  const isSystem = system === undefined || (system === null ? stored.system === undefined : stored.system === system);
  return isSystem && (code === undefined || stored.code === code);
}

/** All parts hold of one element. */
function meetsComposite(parts: readonly PartCriterion[], stored: CompositeSearchValue): boolean {
  return parts.every((part, i) => meetsOne(part, { id: '', lastUpdated: 0, values: stored.parts[i] ?? [] }));
}

/** A text starts with what is looked for, or one of its words does. */
function meetsTokenTexts({ parameter, values }: TokenTextCriterion, facts: SearchFacts): boolean {
  const starts = values.map((value) => ` ${tokenText(value)}`);
  return some(
    facts,
    { parameter, values: starts },
    'token',
    (start, { text }) => text !== undefined && ` ${tokenText(text)}`.includes(start),
  );
}

function meetsOfType({ system, code, value }: OfTypeValue, stored: TokenSearchValue): boolean {
  const isOfType = stored.types?.some((type) => type.code === code && (type.system ?? null) === system) ?? false;
  return isOfType && stored.code === value;
}

function meetsTexts({ values, isNarrative }: TextCriterion, { text }: SearchFacts): boolean {
  if (!text) throw new TypeError('A text criterion needs the words of the resource');
  return values.some((query) => meetsText(query, text, isNarrative));
}

function meetsUri(
  search: string,
  { parameter, value }: { readonly parameter: string; readonly value: string },
  hierarchy: Hierarchy | undefined,
): boolean {
  if (hierarchy === undefined) return search === value;
  return hierarchy === 'below' ? isAboveUri(parameter, search, value) : isAboveUri(parameter, value, search);
}

function meetsReferences(criterion: ReferenceCriterion, facts: SearchFacts): boolean {
  return some(facts, criterion, 'reference', meetsReference);
}

function meetsReference(search: ReferenceValue, stored: ReferenceSearchValue): boolean {
  switch (search.kind) {
    case 'local':
      return stored.id === search.id && stored.type !== undefined && search.types.includes(stored.type);
    case 'version':
      return stored.type === search.type && stored.id === search.id && stored.version === search.version;
    case 'url':
      return stored.url === search.url;
    case 'canonical':
      return meetsCanonical(search, stored);
    case 'identifier': {
      if (!stored.identifier) return false;
      const { system, value } = stored.identifier;
      return meetsToken(search.token, {
        ...(system === undefined ? {} : { system }),
        ...(value === undefined ? {} : { code: value }),
      });
    }
    default:
      return search satisfies never;
  }
}

function meetsCanonical(
  { url, hierarchy }: Extract<ReferenceValue, { kind: 'canonical' }>,
  stored: ReferenceSearchValue,
): boolean {
  return stored.url !== undefined && meetsUri(url, { parameter: stored.parameter, value: stored.url }, hierarchy);
}

function meetsStrings(criterion: StringCriterion, facts: SearchFacts): boolean {
  if (criterion.match === 'exact') return some(facts, criterion, 'string', (search, stored) => search === stored.value);
  const { parameter, match } = criterion;
  const values = criterion.values.map(normalizeString);
  return some(facts, { parameter, values }, 'string', (search, stored) => {
    const text = normalizeString(stored.value);
    return match === 'starts' ? text.startsWith(search) : text.includes(search);
  });
}

function meetsQuantities(criterion: QuantityCriterion, facts: SearchFacts): boolean {
  return some(facts, criterion, 'quantity', meetsQuantity);
}

/** What is asked and stored in units of UCUM is compared in one of them. */
function meetsQuantity(search: QuantityValue, stored: QuantitySearchValue): boolean {
  if (!search.canonical || !stored.canonical) return meetsUnit(search, stored) && meetsNumber(search, stored);
  return search.canonical.unit === stored.canonical.unit && meetsNumber(search.canonical, stored.canonical);
}

function meetsUnit({ system, code }: QuantityValue, stored: QuantitySearchValue): boolean {
  if (code === undefined) return true;
  if (system === undefined) return stored.code === code || stored.unit === code;
  return stored.system === system && stored.code === code;
}
