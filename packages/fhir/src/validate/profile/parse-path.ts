import type { Step } from './rules.ts';

const step =
  /(?:\$this|(?<resolve>resolve\(\s*\))|ofType\(\s*(?:FHIR\.)?(?<type>\w+)\s*\)|as\(\s*(?:FHIR\.)?(?<as>\w+)\s*\)|extension\(\s*'(?<url>[^']*)'\s*\)|`?(?<name>[A-Za-z]\w*)(?:\[x\])?`?)(?:\.|$)/y;

/**
 * The steps of a discriminator's path; none for `$this`.
 * @returns undefined for a path outside of the subset of FHIRPath that R4 allows here
 * @see https://hl7.org/fhir/R4/profiling.html#discriminator
 */
export function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  step.lastIndex = 0;
  for (let at = 0; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const groups = step.exec(path)?.groups;
    if (!groups && !path.startsWith('$this', at)) return undefined;
    const found = stepOf(groups ?? {});
    if (found) steps.push(found);
  }
  return path.endsWith('.') ? undefined : steps;
}

/** `$this` is no step. */
function stepOf(groups: Readonly<Record<string, string | undefined>>): Step | undefined {
  const { resolve, url, name } = groups;
  const type = groups.type ?? groups.as;
  if (resolve !== undefined) return { kind: 'resolve' };
  if (type !== undefined) return { kind: 'ofType', type };
  if (url !== undefined) return { kind: 'extension', url };
  return name === undefined ? undefined : { kind: 'member', name };
}
