import { type Criterion, parseSearch, type SearchQuery } from '@chartgate/fhir';
import { type AccessGrant, type AccessRule, denying, opening } from '../access/rule.ts';
import { touchedTypes } from '../access/touched.ts';
import type { Explanation } from '../store/ports.ts';
import type { Operation } from './operation.ts';

/**
 * `[type]/$explain` (ours): takes the parameters of a search on the type, and tells how the search is done: what was
 * understood and what passed over, the access rule it runs under, each statement with its plan, rows and time. For those
 * to whom a `system/` scope opens the type as a whole. It holds no value of any resource, nor of the search.
 */
export const explain: Operation = {
  name: 'explain',
  definition: 'https://chartgate.dev/fhir/OperationDefinition/explain',
  on: [{ level: 'type' }],
  affectsState: false,
  run: async ({ type = '', parameters, handling }, { base, conformance, rights, store }) => {
    const { query, ignored } = parseSearch(type, parameters.pairs(), { handling, base, ...conformance });
    const permitted = rights.require({ code: 'explain', type, query });
    const explanation = await store.explain(permitted);
    const parameter = [
      { name: 'query', part: queryParts(query, ignored) },
      ...ruleParts(permitted.rule, query),
      ...resultParts(explanation),
    ];
    return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) };
  },
};

type Part = { readonly name: string; readonly [member: string]: unknown };

function queryParts(query: SearchQuery, ignored: readonly string[]): readonly Part[] {
  const includes = [...query.include, ...query.revinclude].map(
    ({ source, parameters, target }) =>
      `${source}:${parameters.map(({ code }) => code).join('|')}${target === undefined ? '' : `:${target}`}`,
  );
  return [
    ...query.criteria.map((criterion) => ({ name: 'criterion', valueString: criterionText(criterion) })),
    ...includes.map((text) => ({ name: 'include', valueString: text })),
    ...ignored.map((name) => ({ name: 'ignored', valueString: name.slice(0, 80) })),
    { name: 'count', valueUnsignedInt: query.count },
  ];
}

/** A criterion as it was understood, without its values: `subject -> Patient (name: string starts, 1 value)`. */
export function criterionText(criterion: Criterion): string {
  switch (criterion.kind) {
    case 'chain':
      return `${criterion.parameter.code} -> ${criterion.targets
        .map((target) => `${target.type} (${criterionText(target.criterion)})`)
        .join(' or ')}`;
    case 'has':
      return `<- ${criterion.type}.${criterion.parameter.code} (${criterionText(criterion.criterion)})`;
    case 'compartment':
      return `in the compartment of a ${criterion.compartment.type}`;
    case 'missing':
      return `${criterion.parameter.code}: ${criterion.missing ? 'missing' : 'not missing'}`;
    default:
      return plainText(criterion);
  }
}

function plainText(criterion: Exclude<Criterion, { kind: 'chain' | 'has' | 'compartment' | 'missing' }>): string {
  const { kind, values } = criterion;
  const code = 'parameter' in criterion ? criterion.parameter.code : `_${kind}`;
  const match = 'match' in criterion ? ` ${criterion.match}` : '';
  const not = 'not' in criterion && criterion.not ? ' not' : '';
  return `${code}: ${kind}${match}${not}, ${values.length} ${values.length === 1 ? 'value' : 'values'}`;
}

/** The lines of the rule on each type that the search looks at; a type without one that opens is left out of it. */
function ruleParts(rule: AccessRule, query: SearchQuery): readonly Part[] {
  return [...touchedTypes(query)].sort().map((type) => {
    const opens = lineTexts([...opening(rule, type, 's'), ...opening(rule, type, 'r')]);
    const denies = lineTexts([...denying(rule, type, 's'), ...denying(rule, type, 'r')]);
    const shown = opens.length === 0 ? ['not open: none of it is seen'] : opens;
    return {
      name: 'rule',
      part: [
        { name: 'type', valueCode: type },
        ...shown.map((text) => ({ name: 'opens', valueString: text })),
        ...denies.map((text) => ({ name: 'denies', valueString: text })),
      ],
    };
  });
}

/** Each line once: a line of `rs` is one of both letters. */
function lineTexts(lines: readonly AccessGrant[]): readonly string[] {
  return [...new Set(lines)].map(({ type, letters, compartment, criteria }) => {
    const inside = compartment ? ` in the compartment of a ${compartment.type}` : '';
    const where = criteria.length > 0 ? ` where ${criteria.map(criterionText).join(' and ')}` : '';
    return `${type}.${letters.join('')}${inside}${where}`;
  });
}

function resultParts({ statements, milliseconds, found }: Explanation): readonly Part[] {
  const result = found
    ? [
        { name: 'matches', valueUnsignedInt: found.matches },
        { name: 'included', valueUnsignedInt: found.included },
        ...(found.total === undefined ? [] : [{ name: 'total', valueUnsignedInt: found.total }]),
      ]
    : [{ name: 'givenUp', valueBoolean: true }];
  return [
    ...statements.map((statement) => ({
      name: 'statement',
      part: [
        { name: 'sql', valueString: statement.sql },
        ...(statement.rows === undefined ? [] : [{ name: 'rows', valueUnsignedInt: statement.rows }]),
        { name: 'milliseconds', valueDecimal: statement.milliseconds },
        { name: 'plan', valueString: JSON.stringify(statement.plan) },
      ],
    })),
    { name: 'result', part: [...result, { name: 'milliseconds', valueDecimal: milliseconds }] },
  ];
}
