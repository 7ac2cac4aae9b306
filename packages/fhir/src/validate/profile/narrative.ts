import { childItems, type Item } from './item.ts';
import { checkXhtml } from './xhtml.ts';

/**
 * txt-1 and txt-2: a narrative is a div of basic formatting with something in it; nothing in it scripts.
 * @see https://hl7.org/fhir/R4/narrative.html
 */
export function inspectNarrative(narrative: Item): void {
  for (const div of childItems(narrative, 'div')) {
    if (typeof div.value !== 'string') continue;
    const problem = checkXhtml(div.value);
    if (problem !== undefined) div.scope.run.add({ severity: 'error', code: 'invariant', text: problem, at: div });
  }
}
