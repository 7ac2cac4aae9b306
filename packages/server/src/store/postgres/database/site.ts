import type { LiveConformance } from '@chartgate/fhir';
import type { Terms } from '../index/term.ts';
import { raw, type Sql } from './sql.ts';

/** A site as the store's statements need it: where its tables are and how its values are hashed. */
export type Site = {
  readonly name: string;
  readonly schema: string;
  readonly terms: Terms;
  /** Secret of the site; other secrets (such as the cursors' key) are derived from it. */
  readonly hashKey: string;
  /** What the site knows; kept up to date while it runs. */
  readonly conformance: LiveConformance;
};

/** A table of the site, such as `"site_default".res`. The schema's name is ours: letters, digits and `_`. */
export function table(site: Site, name: string): Sql {
  return raw(`"${site.schema}".${name}`);
}
