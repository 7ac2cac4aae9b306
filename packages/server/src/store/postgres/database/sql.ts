/** A piece of SQL with its parameters apart, so that no value ever becomes text of a statement. */
export class Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }

  /** The statement with `$1, $2, …` and the parameters they stand for. */
  render(): { text: string; values: unknown[] } {
    const values: unknown[] = [];
    return { text: this.renderInto(values), values };
  }

  private renderInto(values: unknown[]): string {
    let text = this.strings[0] ?? '';
    this.values.forEach((value, i) => {
      text += value instanceof Sql ? value.renderInto(values) : `$${values.push(value)}`;
      text += this.strings[i + 1];
    });
    return text;
  }
}

/** `sql\`id = ${id}\``: a nested `Sql` is spliced in, anything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return new Sql(strings, values);
}

/** Text of our own, never of a request: a table, an alias, a keyword. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** Parts joined by text of our own, such as `' and '`; `empty` where there are none. */
export function join(parts: readonly Sql[], separator: string, empty: Sql = raw('')): Sql {
  if (parts.length === 0) return empty;
  return new Sql(['', ...parts.slice(1).map(() => separator), ''], parts);
}

/** All of them, true when there are none. */
export function and(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? raw('true') : sql`(${join(parts, ' and ')})`;
}

/** Any of them, false when there are none. */
export function or(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? raw('false') : sql`(${join(parts, ' or ')})`;
}
