import { type OpenEmrWording, openEmrWordings } from './refusals/openemr.ts';
import type { Refusal } from './refusals/refusal.ts';
import { refusals } from './refusals.ts';

/** `docs/errors.md`, made from the table of refusals. */
export function errorsPage(): string {
  const rows = Object.entries<Refusal>(refusals);
  return [
    '# Refusals of the gate',
    '',
    '<!-- Made from packages/server/src/oauth/refusals by packages/server/scripts/errors-page.ts: change it there. -->',
    '',
    'Every refusal of the token, introspection, revocation and registration endpoints is the JSON of RFC 6749 with one',
    'member more, `ticket`. On the wire a failed client authentication always reads the same. The ticket tells the owner',
    'of the client (Bearer `registration_access_token`) or an administrator which check failed, what was expected, what',
    'came, and what to do: `GET {base}/oauth2/{site}/ticket/{id}`, or `chartgate tickets show ID`. Its member `refusal`',
    'is the name of a section of this page. Tickets are kept for 7 days, the newest 200 of each client.',
    '',
    'Of an authorization request the app hears at its redirect URI: `error`, `error_description`, `state`, `iss` and',
    '`ticket`. Before client and redirect URI are known to be good, a person sees a page instead; its reference number is',
    'the ticket.',
    '',
    'A site with `compatibility: openemr` adds `message`, which repeats the description, and says some refusals as OpenEMR does:',
    'with another status, another code or a `hint`. Such rows have a line for it.',
    '',
    'Registration and the admin API name the member or the state at fault in place of the general words given here.',
    '',
    ...rows.flatMap(([code, row]) => [
      `## ${code}`,
      '',
      `${row.status} \`${row.error}\`: ${row.description}`,
      '',
      `- Expected: ${row.expected}`,
      `- What to do: ${row.advice}`,
      ...inOpenEmr(code, row),
      '',
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function inOpenEmr(code: string, row: Refusal): readonly string[] {
  const wordings: Readonly<Record<string, OpenEmrWording>> = openEmrWordings;
  const wording = wordings[code];
  if (!wording) return [];
  const { status = row.status, error = row.error, description, hint } = wording;
  const said = [...(description === undefined ? [] : [description]), ...(hint === undefined ? [] : [`hint "${hint}"`])];
  return [`- In OpenEMR's dialect: ${status} \`${error}\`${said.length > 0 ? `: ${said.join(' ')}` : ''}`];
}
