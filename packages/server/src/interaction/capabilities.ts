import { createRequire } from 'node:module';
import { type CapabilitySource, type Conformance, capabilityStatement, publishedBy } from '@chartgate/fhir';
import type { Answer } from './answer.ts';

/** What a statement is made of. */
export type CapabilitiesSource = Pick<CapabilitySource, 'base' | 'operations' | 'oauthUris'> & {
  readonly conformance: Conformance;
};

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };

type Made = { readonly conformance: Pick<Conformance, 'parameters' | 'installed'>; readonly body: string };

/** The latest statement of a site, by its conformance, and of each base. */
const made = new WeakMap<Conformance, Map<string, Made>>();

/**
 * FHIR capabilities: `metadata`, made once for a base, and anew when what its site knows has changed.
 * @see https://hl7.org/fhir/R4/http.html#capabilities
 */
export function capabilities({ conformance, ...source }: CapabilitiesSource): Answer {
  const { parameters, installed } = conformance;
  const byBase = made.get(conformance) ?? new Map<string, Made>();
  made.set(conformance, byBase);
  const before = byBase.get(source.base);
  if (before?.conformance.parameters === parameters && before.conformance.installed === installed) {
    return { status: 200, body: before.body };
  }
  const about = { date: new Date().toISOString(), software: { version }, published: publishedBy(installed) };
  const body = JSON.stringify(capabilityStatement({ ...source, ...about, parameters }));
  byBase.set(source.base, { conformance: { parameters, installed }, body });
  return { status: 200, body };
}
