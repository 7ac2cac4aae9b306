/** Characters that a pattern may have, and a text that is tried; a longer text does not fit. */
const longestPattern = 200;
const longestText = 200;

/** What makes a search try again: each open-ended repetition multiplies its work by the text's length, the others by 2. */
const most = { repetitions: 2, options: 4, choices: 3 };

/**
 * The test for a value set's `regex` filter, which must fit a whole value. Undefined where the pattern is no regular
 * expression, or of a kind that a short text can keep busy for long: repeated groups that repeat or choose inside,
 * look-around, back references.
 * @see https://hl7.org/fhir/R4/valueset-filter-operator.html
 */
export function boundedRegex(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > longestPattern || !isTame(pattern)) return undefined;
  try {
    const regex = new RegExp(`^(?:${pattern})$`, 'u');
    return (text) => text.length <= longestText && regex.test(text);
  } catch {
    return undefined;
  }
}

function isTame(pattern: string): boolean {
  // what stands in a class or behind a backslash is one character to what follows
  const plain = pattern.replace(/\\[1-9k]/g, '(?=').replace(/\\[pP]\{\w+\}|\\./gu, 'a');
  const bare = plain.replace(/\[\^?\]?[^\]]*\]/g, 'a').replace(/\(\?:/g, '(');
  if (bare.includes('(?')) return false;
  const count = (sign: RegExp) => (bare.match(sign) ?? []).length;
  if (count(/[*+]|\{\d*,\d*\}/g) > most.repetitions || count(/\?/g) > most.options) return false;
  if (count(/\([^()]*\|/g) > most.choices) return false;
  return !hasRepeatedGroup(bare);
}

/** Whether a group that repeats or chooses is itself repeated; `(a|b)?` is not a repetition. */
function hasRepeatedGroup(bare: string): boolean {
  const open: boolean[] = [];
  for (let at = 0; at < bare.length; at++) {
    const sign = bare[at] ?? '';
    if (sign === '(') open.push(false);
    else if (sign === ')') {
      const isRisky = open.pop() ?? false;
      const isRepeated = /^(?:[*+]|\{)/.test(bare.slice(at + 1));
      if (isRisky && isRepeated) return true;
      if ((isRisky || isRepeated) && open.length > 0) open[open.length - 1] = true;
    } else if (/[*+{|]/.test(sign) && open.length > 0) open[open.length - 1] = true;
  }
  return false;
}
