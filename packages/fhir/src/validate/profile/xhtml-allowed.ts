/**
 * What a narrative may hold: "the basic HTML formatting elements described in chapters 7-11 (except section 4 of
 * chapter 9) and 15 of the HTML 4.0 standard, <a> elements, images and internally contained style attributes".
 * @see https://hl7.org/fhir/R4/narrative.html
 */
const elements: ReadonlySet<string> = new Set(
  (
    'div p br h1 h2 h3 h4 h5 h6 a span b em i u s strike strong small big tt dfn q var abbr acronym cite blockquote hr ' +
    'address bdo kbd ul ol li dl dt dd pre table caption colgroup col thead tr tfoot tbody th td code samp img map area ' +
    'sub sup ins del center font'
  ).split(' '),
);

const everywhere: ReadonlySet<string> = new Set(
  'id class style title lang xml:lang xml:space dir accesskey tabindex align valign width height'.split(' '),
);

const ofElement: Readonly<Record<string, readonly string[]>> = {
  div: ['xmlns'],
  a: ['href', 'name', 'charset', 'type', 'hreflang', 'rel', 'rev', 'shape', 'coords', 'target'],
  area: ['href', 'alt', 'shape', 'coords', 'nohref'],
  blockquote: ['cite'],
  q: ['cite'],
  ins: ['cite', 'datetime'],
  del: ['cite', 'datetime'],
  br: ['clear'],
  hr: ['noshade', 'size'],
  font: ['size', 'color', 'face'],
  img: ['src', 'alt', 'longdesc', 'usemap', 'ismap', 'border', 'hspace', 'vspace', 'name'],
  map: ['name'],
  ol: ['type', 'start', 'compact'],
  ul: ['type', 'compact'],
  li: ['type', 'value'],
  table: ['summary', 'border', 'frame', 'rules', 'cellspacing', 'cellpadding', 'bgcolor'],
  col: ['span', 'char', 'charoff'],
  colgroup: ['span', 'char', 'charoff'],
  tr: ['char', 'charoff', 'bgcolor'],
  thead: ['char', 'charoff'],
  tbody: ['char', 'charoff'],
  tfoot: ['char', 'charoff'],
  td: ['abbr', 'axis', 'headers', 'scope', 'rowspan', 'colspan', 'char', 'charoff', 'nowrap', 'bgcolor'],
  th: ['abbr', 'axis', 'headers', 'scope', 'rowspan', 'colspan', 'char', 'charoff', 'nowrap', 'bgcolor'],
};

/** By its name, in lower case as XHTML has it. */
export function isAllowedElement(name: string): boolean {
  return elements.has(name);
}

/** Everywhere, or on this element. */
export function isAllowedAttribute(element: string, name: string): boolean {
  return everywhere.has(name) || (Object.hasOwn(ofElement, element) && ofElement[element]!.includes(name));
}

const links: ReadonlySet<string> = new Set(['href', 'src', 'cite', 'longdesc', 'usemap']);
const schemes: ReadonlySet<string> = new Set(['http', 'https', 'mailto', 'tel', 'ftp', 'urn']);
const image = /^data:image\/(?:png|gif|jpeg|jpg|bmp|webp);base64,/i;

/**
 * Whether a link leads nowhere but to a page, and a style says nothing that loads or runs.
 * @param value with its entities replaced
 */
export function isHarmlessValue(name: string, value: string): boolean {
  if (name === 'style') return isHarmlessStyle(value);
  return !links.has(name) || isHarmlessLink(value, name === 'src');
}

function isHarmlessStyle(style: string): boolean {
  if (/[\\@]|\/\*|expression|behavior|-moz-binding|javascript/i.test(style)) return false;
  return style.split(/url\s*\(/i).every(
    (part, at) =>
      at === 0 ||
      isHarmlessLink(
        part
          .trimStart()
          .replace(/^["']/, '')
          .replace(/["')].*$/s, ''),
        true,
      ),
  );
}

function isHarmlessLink(link: string, isImage: boolean): boolean {
  // Browsers leave out white space and control characters before they read the scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
  const plain = link.replace(/[\x00-\x20]+/g, '');
  const scheme = /^([^/?#]*?):/.exec(plain)?.[1]?.toLowerCase();
  return scheme === undefined || schemes.has(scheme) || (isImage && image.test(plain));
}
