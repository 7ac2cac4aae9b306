/**
 * Why a name cannot be shown to people who decide by it; undefined where it can. It must not turn around or hide what
 * stands beside it, nor be written with letters of another script that look like the ones of somebody else's name.
 * @see https://www.unicode.org/reports/tr39/#Restriction_Level_Detection
 */
export function clientNameFault(name: string): string | undefined {
  if (/[\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u.test(name)) {
    return 'holds a character that cannot be seen or that turns text around: leave it out';
  }
  const words = name.normalize('NFKC').match(/[\p{L}\p{M}]+/gu) ?? [];
  const mixed = words.find(
    (word) => /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word),
  );
  return mixed === undefined ? undefined : 'mixes letters of two alphabets in one word: write it in one';
}
