const elements = new Set(
  (
    'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre ' +
    'q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
);

const attributes = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class ' +
    'colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules ' +
    'scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns'
  ).split(' '),
);

/** No address may be a script, nor be written so that it is not seen to be one. */
const addresses = new Set(['href', 'src', 'cite', 'longdesc']);
const script = /^[\s\p{Cc}]*(?:javascript|vbscript|data\s*:\s*text)|&(?!amp;)|[\t\r\n]/iu;

/** What fetches or runs something. */
const activeStyle = /url\s*\(|expression\s*\(|@import|javascript|[&\\]/i;

const tag = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const attribute = /([A-Za-z][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const text = /[^<&]+|&(?:[A-Za-z][A-Za-z0-9]*|#\d+|#x[0-9A-Fa-f]+);/y;

/**
 * `htmlChecks()`: a `div` of well-formed XHTML with basic formatting only, in which something is to be seen. The work is
 * linear in its length.
 * @see https://hl7.org/fhir/R4/narrative.html
 */
export function isSafeNarrative(xhtml: string): boolean {
  const html = xhtml.trim();
  const open: string[] = [];
  let hasContent = false;
  for (let at = 0; at < html.length; ) {
    const found = open.length === 0 && at > 0 ? undefined : pieceAt(html, at);
    if (!found) return false;
    at = found.end;
    if (found.kind === 'text') {
      if (open.length === 0) return false;
      hasContent ||= /\S/.test(found.text);
    } else if (found.kind === 'open') {
      if (!isAllowed(found, open.length === 0)) return false;
      hasContent ||= found.name === 'img';
      if (!found.isEmpty) open.push(found.name);
    } else if (found.kind === 'close' && open.pop() !== found.name) return false;
  }
  return open.length === 0 && hasContent;
}

type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly end: number }
  | { readonly kind: 'comment'; readonly end: number }
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: string;
      readonly isEmpty: boolean;
      readonly end: number;
    }
  | { readonly kind: 'close'; readonly name: string; readonly end: number };

function pieceAt(html: string, at: number): Piece | undefined {
  if (html[at] !== '<')
    return match(text, html, at, ([found]) => ({ kind: 'text', text: found, end: at + found.length }));
  if (html.startsWith('<!', at)) return commentAt(html, at);
  return match(tag, html, at, ([found, slash, name = '', list = '', empty]) => {
    const end = at + found.length;
    if (slash === '/') return { kind: 'close', name, end };
    return { kind: 'open', name, attributes: list, isEmpty: empty === '/', end };
  });
}

/** Two hyphens in a row end a comment, and only as `-->`. */
function commentAt(html: string, at: number): Piece | undefined {
  const end = html.startsWith('<!--', at) ? html.indexOf('--', at + 4) : -1;
  return end >= 0 && html[end + 2] === '>' ? { kind: 'comment', end: end + 3 } : undefined;
}

function match(pattern: RegExp, html: string, at: number, read: (found: RegExpExecArray) => Piece): Piece | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(html);
  return found ? read(found) : undefined;
}

function isAllowed(piece: Extract<Piece, { readonly kind: 'open' }>, isRoot: boolean): boolean {
  if (!elements.has(piece.name) || (isRoot && piece.name !== 'div')) return false;
  for (const [, name = '', double, single] of piece.attributes.matchAll(attribute)) {
    if (!attributes.has(name.toLowerCase())) return false;
    const value = double ?? single ?? '';
    if (addresses.has(name.toLowerCase()) && script.test(value)) return false;
    if (name.toLowerCase() === 'style' && activeStyle.test(value)) return false;
  }
  return true;
}
