/** Statements that are prepared at most: each connection keeps them as long as it lives. */
const mostNames = 200;

/** Texts that are remembered while they have come once. */
const mostOnce = 1000;

/** Characters of a text that is worth to be kept. */
const longest = 10_000;

/**
 * Names for statements whose text comes again, under which they are prepared: it is then read and resolved once, which
 * takes about as long as a short search. Each is still planned for its own values. Undefined for what is new.
 * @see https://www.postgresql.org/docs/current/sql-prepare.html
 */
export function repeatedStatements(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const once = new Set<string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= mostNames || text.length > longest) return undefined;
    if (!once.delete(text)) {
      if (once.size >= mostOnce) once.clear();
      once.add(text);
      return undefined;
    }
    const name = `repeated ${names.size}`;
    names.set(text, name);
    return name;
  };
}
