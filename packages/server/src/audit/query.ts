/** What carries a secret wherever it is sent. */
const secretNames =
  /^(access_token|refresh_token|id_token|id_token_hint|token|code_verifier|client_secret|client_assertion|password)$/i;

/** So long a run of letters and digits is a token, a code or a secret; an identifier is shorter. */
const secretForm = /[\w-]{40,}/;

/** Whether a text may hold a token, a code or a secret. */
export function looksSecret(text: string): boolean {
  return secretForm.test(text);
}

/** Characters of a query that are kept. */
const longest = 6000;

/**
 * A query as the audit may keep it: values that are secrets, or look like one, are replaced by their length; what is
 * beyond 6,000 characters is cut. @param query as it was sent, without a question mark
 */
export function redactedQuery(query: string): string {
  const safe = query.length < 20 ? query : query.split('&').map(redactedPair).join('&');
  return safe.length <= longest ? safe : `${safe.slice(0, longest)}…`;
}

function redactedPair(pair: string): string {
  const mark = pair.indexOf('=');
  const [name, value] = mark < 0 ? ['', pair] : [pair.slice(0, mark), pair.slice(mark + 1)];
  if (!secretNames.test(plain(name)) && !looksSecret(plain(value)) && !looksSecret(plain(name))) return pair;
  const kept = looksSecret(plain(name)) ? '' : `${name}=`;
  return `${kept}[${value.length} characters]`;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A path as the audit may keep it. Of what was refused a part that has a token's form is no id. */
export function redactedPath(path: readonly string[], status: number): string {
  const safe = status < 400 ? path : path.map((part) => (/^[\w-]{43}$/.test(part) ? '[43 characters]' : part));
  return safe.join('/').slice(0, 300);
}
