import { r4SearchParameters, type SearchParameters } from '../search/parameters.ts';
import { noTerminology, type Terminology } from '../terminology/terminology.ts';
import { type CanonicalSource, noCanonicals } from './canonical-source.ts';

/** What a site knows beside the structure of R4: its search parameters, profiles and codes. It may change while the site runs. */
export type Conformance = {
  readonly parameters: SearchParameters;
  readonly canonicals: CanonicalSource;
  /** Those of them that the site's packages and its chart brought, without what is built in. */
  readonly installed: CanonicalSource;
  readonly terminology: Terminology;
};

/** The same, for whoever keeps it up to date. */
export type LiveConformance = { -readonly [Part in keyof Conformance]: Conformance[Part] };

/** R4's own search parameters and nothing else. */
export const r4Conformance: Conformance = {
  parameters: r4SearchParameters,
  canonicals: noCanonicals,
  installed: noCanonicals,
  terminology: noTerminology,
};
