import { type TextCriterion, type TextPhrase, type TokenTextCriterion, tokenText, wordsOf } from '@chartgate/fhir';
import { table } from '../database/site.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { separator } from '../index/text-row.ts';
import type { Row } from './criterion.ts';

/** `_text` and `_content`. @see https://hl7.org/fhir/R4/search.html#content */
export function textCondition({ site, alias }: Row, { values, isNarrative }: TextCriterion): Sql {
  const weight = isNarrative ? ':A' : '';
  const clauses = values.flat().map((clause) => clause.map((phrase) => phraseText(phrase, weight)).join(' & '));
  return sql`exists (select from ${table(site, 'txt')} t where t.rid = ${raw(alias)}.rid
    and t.words @@ ${clauses.map((clause) => `(${clause})`).join(' | ')}::tsquery)`;
}

/** Words are letters and digits: nothing in them is an operator. */
function phraseText({ words, not }: TextPhrase, weight: string): string {
  const phrase = words.map((word) => `'${word}'${weight}`).join(' <-> ');
  return `${not ? '!' : ''}(${phrase})`;
}

/**
 * `code:text=head`: the index knows which resources have the words anywhere; which text they are in, and what that is a
 * text of, stands in the row.
 */
export function tokenTextCondition({ site, alias }: Row, { parameter, values }: TokenTextCriterion): Sql {
  const owner = `${separator}${parameter.code}${separator}`;
  const tests = values.map((value) => {
    const start = ` ${tokenText(value)}`;
    return sql`(t.words @@ ${prefixQuery(value)}::tsquery and exists (select from unnest(t.texts) e
      where strpos(e, ${owner}) > 0 and strpos(' ' || split_part(e, ${separator}, 1), ${start}) > 0))`;
  });
  return sql`exists (select from ${table(site, 'txt')} t where t.rid = ${raw(alias)}.rid and ${or(tests)})`;
}

/** All of the words, the last one as the start of one. */
function prefixQuery(value: string): string {
  return wordsOf(value)
    .map((word, i, words) => (i === words.length - 1 ? `'${word}':*` : `'${word}'`))
    .join(' & ');
}
