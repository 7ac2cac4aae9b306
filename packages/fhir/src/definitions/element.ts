/** One type an element may have, and the JSON member that holds a value of it. */
export type ElementType = {
  /** `string`, `Reference`, `Resource`, or `Observation.component` for an element defined in place. */
  readonly name: string;
  /** `effective[x]` as Period: `effectivePeriod`. */
  readonly member: string;
  /** For Reference and canonical: the resource types it may point at; `Resource` stands for any. */
  readonly targets: readonly string[];
};

export type ElementDefinition = {
  /** Without `[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly min: number;
  /** Infinity for `*`. */
  readonly max: number;
  readonly types: readonly ElementType[];
  /** Whether `_summary=true` shows it: Σ in the published tables. */
  readonly isSummary: boolean;
  /** Canonical of the value set of a required binding. */
  readonly valueSet?: string;
};

/** Parses `0..1 Reference(Patient|Group)`, `1..1 Σ code =http://…|4.0.1`, `0..* #Observation.component`. */
export function parseElement(key: string, line: string): ElementDefinition {
  const isChoice = key.endsWith('[x]');
  const name = isChoice ? key.slice(0, -3) : key;
  const [cardinality = '', ...words] = line.split(' ');
  const [min, max] = cardinality.split('..');
  const valueSet = words.find((word) => word.startsWith('='))?.slice(1);
  const isSummary = words[0] === 'Σ';
  const types = words
    .slice(isSummary ? 1 : 0)
    .filter((word) => !word.startsWith('='))
    .map((word) => parseType(word, name, isChoice));
  return {
    name,
    isChoice,
    min: Number(min),
    max: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
    types,
    isSummary,
    ...(valueSet === undefined ? {} : { valueSet }),
  };
}

function parseType(word: string, element: string, isChoice: boolean): ElementType {
  const [code = '', targets] = word.replace(/^#/, '').replace(/\)$/, '').split('(');
  const member = isChoice ? element + capitalized(dataType(code)) : element;
  return { name: code, member, targets: targets === undefined ? [] : targets.split('|') };
}

/** The data type of a value: SimpleQuantity is a profile, its values are Quantities. */
export function dataType(name: string): string {
  return name === 'SimpleQuantity' ? 'Quantity' : name;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
