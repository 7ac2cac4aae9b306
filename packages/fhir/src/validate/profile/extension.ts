import { checkAgainst } from './check.ts';
import { isAllowedAt } from './extension-context.ts';
import { childItems, type Item, objectOf } from './item.ts';
import type { Profile } from './rules.ts';

/**
 * An extension: it has a value or other extensions; where its definition is known, it meets it and stands where it may.
 * @see https://hl7.org/fhir/R4/extensibility.html
 */
export function inspectExtension(item: Item): void {
  const { url } = objectOf(item.value) ?? {};
  const hasValue = childItems(item, 'value').length > 0;
  const hasExtensions = childItems(item, 'extension').length > 0;
  if (hasValue === hasExtensions) {
    const text = 'ext-1: An extension has either a value or extensions.';
    item.scope.run.add({ severity: 'error', code: 'invariant', text, at: item });
  }
  // The parts of an extension have names instead of URLs, which the definition of the whole knows.
  if (typeof url === 'string' && !(item.parent?.type === 'Extension' && !url.includes(':'))) inspectUrl(item, url);
}

function inspectUrl(item: Item, url: string): void {
  const { run } = item.scope;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(url)) {
    const text = 'Extension.url must be absolute. Only the parts of an extension have relative ones.';
    run.add({ severity: 'error', code: 'extension', text, at: item });
  } else if (url.includes('|')) {
    const text = 'Extension.url names no version. Leave out what follows the bar.';
    run.add({ severity: 'error', code: 'extension', text, at: item });
  } else {
    const profile = run.profiles.find(url);
    if (typeof profile === 'string') unknown(item);
    else inspectKnown(item, profile);
  }
}

/** Whoever does not know a modifier does not know what the element means. */
function unknown(item: Item): void {
  const isModifier = item.name === 'modifierExtension';
  const text = `The definition of this ${isModifier ? 'modifier extension' : 'extension'} is not known here, so that it was not checked.`;
  item.scope.run.add({ severity: isModifier ? 'warning' : 'information', code: 'not-found', text, at: item });
}

function inspectKnown(item: Item, profile: Profile): void {
  const { run } = item.scope;
  if (profile.type !== 'Extension') {
    const text = `${profile.canonical} defines no extension, but ${profile.type}.`;
    run.add({ severity: 'error', code: 'extension', text, at: item });
    return;
  }
  if (profile.root.isModifier !== (item.name === 'modifierExtension')) {
    const right = profile.root.isModifier ? 'modifierExtension' : 'extension';
    const text = `${profile.canonical} is used as ${right} alone.`;
    run.add({ severity: 'error', code: 'extension', text, at: item });
  }
  if (!isAllowedAt(item, profile)) {
    const contexts = profile.contexts.map(({ expression }) => expression).join(', ');
    const text = `${profile.canonical} may not be used on this element, but on: ${contexts}.`;
    run.add({ severity: 'error', code: 'extension', text, at: item });
  }
  checkAgainst(profile, item);
}
