import { type FhirClient, FhirError, pause } from '@chartgate/client';
import type { Document } from './document.ts';

type Entry = {
  readonly resource?: { readonly resourceType?: string; readonly identifier?: unknown };
  readonly request?: { readonly method?: string; readonly ifNoneExist?: string };
};

/** A server may take this long to end a transaction whose sender was killed, ms. */
const grace = 5000;

/** How far the clocks of this machine and the server may be apart, ms. */
const skew = 60_000;

/**
 * Whether a transaction was stored whose answer an earlier run did not live to see. It stores all or nothing, so one
 * resource that it creates tells: the first with an identifier is looked for among what changed since then.
 * False where that cannot be told; sending it again is then the lesser evil, and harmless where it creates nothing.
 * @param left when it was sent, ms since the epoch
 */
export async function hasArrived(
  fhir: FhirClient,
  document: Document,
  left: number,
  signal: AbortSignal,
): Promise<boolean> {
  const query = document.kind === 'bundle' ? queryFor(document.text) : undefined;
  if (!query) return false;
  await pause(Math.min(grace, Math.max(0, left + grace - Date.now())), signal);
  try {
    const since = new Date(left - skew).toISOString();
    const { resource } = await fhir.search(`${query}&_lastUpdated=ge${since}&_count=1`);
    return (resource.entry ?? []).some(({ search }) => (search?.mode ?? 'match') === 'match');
  } catch (cause) {
    // A server that cannot search by identifier.
    if (cause instanceof FhirError && (cause.status === 400 || cause.status === 404)) return false;
    throw cause;
  }
}

/** A search for the first resource that the transaction creates unconditionally under an identifier. */
function queryFor(text: string): string | undefined {
  const bundle = JSON.parse(text) as { readonly type?: string; readonly entry?: readonly Entry[] };
  if (bundle.type !== 'transaction') return undefined;
  for (const { resource, request } of bundle.entry ?? []) {
    if (request?.method !== 'POST' || request.ifNoneExist !== undefined) continue;
    const token = tokenOf(resource?.identifier);
    if (token) return `${resource?.resourceType}?identifier=${encodeURIComponent(token)}`;
  }
  return undefined;
}

/** `system|value`, with what search grammar gives a meaning escaped. @see https://hl7.org/fhir/R4/search.html#escaping */
function tokenOf(identifiers: unknown): string | undefined {
  type Identifier = { readonly system?: unknown; readonly value?: unknown };
  const list = (Array.isArray(identifiers) ? identifiers : []) as readonly Identifier[];
  const found = list.find(({ system, value }) => typeof system === 'string' && typeof value === 'string');
  const escaped = (part: unknown) => String(part).replace(/[\\|,$]/g, '\\$&');
  return found && `${escaped(found.system)}|${escaped(found.value)}`;
}
