/** Patients that one row names. */
export const mostPatients = 200;

const name = 'Patient/';

/**
 * Adds the ids of the patients that a text of JSON names, `Patient/1` as a reference or at the end of a URL, until there are
 * {@link mostPatients}. It looks for the name alone: nothing is parsed. With `isQuery` it is a decoded query, in which a
 * search parameter such as `patient=1` names one as well.
 */
export function addNamedPatients(text: string, found: Set<string>, isQuery = false): void {
  let before = '';
  for (let at = text.indexOf(name); at >= 0 && found.size < mostPatients; at = text.indexOf(name, at + name.length)) {
    const from = at + name.length;
    const to = endOfId(text, from);
    // most answers are about one patient, named again and again
    if (to - from === before.length && text.startsWith(before, from)) continue;
    if (to > from && to - from <= 64) {
      before = text.slice(from, to);
      found.add(before);
    }
  }
  if (!isQuery) return;
  for (const [, id = ''] of text.matchAll(
    /(?:^|&)(?:patient|subject:Patient|patient:Patient)=([A-Za-z0-9.-]{1,64})(?=&|$)/g,
  )) {
    if (found.size < mostPatients) found.add(id);
  }
}

/** Where the letters, digits, dashes and dots of an id end. */
function endOfId(text: string, from: number): number {
  let at = from;
  while (at < text.length && at - from <= 64 && isOfId(text.charCodeAt(at))) at++;
  return at;
}

function isOfId(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 46 ||
    (code >= 65 && code <= 90)
  );
}
