import type { CanonicalSource } from '../../conformance/canonical-source.ts';
import { compileProfile } from './compile-profile.ts';
import type { Profile } from './rules.ts';
import { elementsOf } from './snapshot.ts';
import { isStructureDefinition, type StructureDefinition } from './structure-definition.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Compiled profiles of a source that are kept at most; beyond it all are compiled anew as they are needed. */
const maxKept = 3000;

/** A profile, or why there is none to check by. */
export type FoundProfile = Profile | 'unknown' | 'no-snapshot';

/** The profiles of a source of canonical resources, each compiled when it is first asked for. */
export class Profiles {
  readonly #source: CanonicalSource;
  readonly #found = new Map<string, FoundProfile>();
  readonly #types = new Map<string, FoundProfile>();

  constructor(source: CanonicalSource) {
    this.#source = source;
  }

  /** @param canonical a URL, perhaps with `|version` */
  find(canonical: string): FoundProfile {
    const known = this.#found.get(canonical);
    if (known !== undefined) return known;
    const compiled = this.#compile(canonical);
    // With and without its version it is the same profile.
    const found = (typeof compiled !== 'string' && this.#found.get(compiled.canonical)) || compiled;
    if (this.#found.size >= maxKept) this.#found.clear();
    // A stranger may name any URL: what is not there is looked for again instead of being remembered.
    if (found !== 'unknown') this.#found.set(canonical, found);
    if (typeof found !== 'string') this.#found.set(found.canonical, found);
    return found;
  }

  /**
   * A profile that another one names: without a version, the one of the same version where they lie beside each other,
   * as those of one package do, so that two versions of a package can be installed at once.
   */
  beside(canonical: string, profile: string): FoundProfile {
    const [url = '', version] = profile.split('|');
    if (version !== undefined && !canonical.includes('|') && folderOf(canonical) === folderOf(url)) {
      const sibling = this.find(`${canonical}|${version}`);
      if (sibling !== 'unknown') return sibling;
    }
    return this.find(canonical);
  }

  /** The definition of a type: R4's own, even where a site has a newer one under its URL. */
  ofType(type: string): Profile | undefined {
    const known = this.#types.get(type);
    if (known !== undefined) return typeof known === 'string' ? undefined : known;
    const ofR4 = this.find(`${core}${type}|4.0.1`);
    const found = ofR4 === 'unknown' ? this.find(core + type) : ofR4;
    this.#types.set(type, found);
    return typeof found === 'string' ? undefined : found;
  }

  #compile(canonical: string): FoundProfile {
    const definition = this.#definition(canonical);
    if (!definition) return 'unknown';
    try {
      const elements = elementsOf(definition, (other) => this.#definition(other));
      return (elements && compileProfile(definition, elements)) ?? 'no-snapshot';
    } catch (error) {
      // A site that validates nothing may keep a definition of any shape.
      if (error instanceof TypeError) return 'no-snapshot';
      throw error;
    }
  }

  #definition(canonical: string): StructureDefinition | undefined {
    const found = this.#source.find('StructureDefinition', canonical);
    return isStructureDefinition(found) ? found : undefined;
  }
}

function folderOf(url: string): string {
  return url.slice(0, url.lastIndexOf('/'));
}

const kept = new WeakMap<CanonicalSource, Profiles>();

/** The profiles of a source; compiled once for as long as the source lives. */
export function profilesOf(source: CanonicalSource): Profiles {
  const before = kept.get(source);
  if (before) return before;
  const profiles = new Profiles(source);
  kept.set(source, profiles);
  return profiles;
}

/** `Patient` of the canonical of R4's own definition; undefined for any other. */
export function typeOfCanonical(canonical: string): string | undefined {
  const [url = ''] = canonical.split('|');
  return url.startsWith(core) && /^[A-Z]\w*$/.test(url.slice(core.length)) ? url.slice(core.length) : undefined;
}
