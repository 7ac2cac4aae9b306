import { type Refusal, refusals } from './refusals.ts';

/** `docs/errors.md`, made from the table of refusals. */
export function errorsPage(): string {
  const rows = Object.entries<Refusal>(refusals);
  return [
    '# Refusals of the gate',
    '',
    '<!-- Made from packages/server/src/oauth/refusals.ts by packages/server/scripts/errors-page.ts: change it there. -->',
    '',
    'Every refusal of the token, introspection, revocation and registration endpoints is the JSON of RFC 6749 with one',
    'member more, `ticket`. On the wire a failed client authentication always reads the same. The ticket tells the owner',
    'of the client (Bearer `registration_access_token`) or an administrator which check failed, what was expected, what',
    'came, and what to do: `GET {base}/oauth2/{site}/ticket/{id}`, or `chartgate tickets show ID`. Its member `refusal`',
    'is the name in the first column. Tickets are kept for 7 days, the newest 200 of each client.',
    '',
    '| refusal | status | `error` | what was expected | what to do |',
    '|---|---|---|---|---|',
    ...rows.map(
      ([code, row]) =>
        `| \`${code}\` | ${row.status} | \`${row.error}\` | ${cell(row.expected)} | ${cell(row.advice)} |`,
    ),
    '',
    '## What the wire says',
    '',
    'The `error_description` of each. Registration and the admin API name the member or state at fault in its place.',
    '',
    ...[...byDescription(rows)].map(
      ([description, codes]) => `- ${codes.map((c) => `\`${c}\``).join(', ')}: ${description}`,
    ),
    '',
  ].join('\n');
}

function byDescription(rows: readonly (readonly [string, Refusal])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [code, { description }] of rows) groups.set(description, [...(groups.get(description) ?? []), code]);
  return groups;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
