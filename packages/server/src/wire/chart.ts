import { type Conformance, FhirError, issue } from '@chartgate/fhir';
import type { Grant } from '../access/grant.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import type { ResourceStore } from '../store/ports.ts';
import type { ChartAudit } from './audit.ts';

/** What the FHIR routes need of the rest of the house. */
export type Chart = {
  /** Without a slash at its end, such as `http://localhost:8080`. */
  readonly publicUrl: string;
  readonly site: (name: string) => ChartSite | undefined;
  /** @throws {OAuthError} 401 where the header holds no live token of the site */
  readonly authenticate: (authorization: string | undefined, site: string) => Promise<Grant>;
  readonly audit: ChartAudit;
};

export type ChartSite = {
  readonly name: string;
  readonly store: ResourceStore;
  readonly conformance: Conformance;
  readonly validation: FhirContext['validation'];
  readonly indexing: FhirContext['indexing'];
  /** Seals the paging links. */
  readonly cursorKey: string;
};

export function fhirBase(publicUrl: string, site: string): string {
  return `${publicUrl}/apis/${site}/fhir`;
}

/** @throws {FhirError} 404 for a site that does not exist */
export function requireSite(chart: Chart, name: string): ChartSite {
  const site = chart.site(name);
  if (site) return site;
  throw new FhirError(404, [issue('not-found', 'There is no such site here. The first site is called "default".')]);
}
