import { parseBundle, parseScope } from '@chartgate/fhir';
import { patients, showcase, supportingBundle } from '@chartgate/synth';
import { rightsOf } from './access/rights.ts';
import { bundle } from './interaction/bundle.ts';
import type { FhirContext } from './interaction/dispatch.ts';
import { operate } from './operation/operate.ts';

/** Which patients a demo has besides the showcase's six: the same ones on every machine. */
const demo = { seed: 'demo', count: 44 };

/**
 * Fills a site with synthetic patients, by the same transactions that any client would send. Does nothing where the
 * last resource of them is there already.
 * @returns how many patients were loaded
 */
export async function loadDemo(
  chart: Pick<FhirContext, 'base' | 'store' | 'conformance' | 'indexing'>,
): Promise<number> {
  const rights = demoRights();
  const context: FhirContext = { ...chart, validation: 'structure', operate, rights, seal: { key: '', boundTo: '' } };
  const bundles = [supportingBundle({ seed: demo.seed }), ...patients(demo), ...showcase({ seed: demo.seed })];
  const last = bundles.at(-1)?.entry.at(-1)?.resource;
  if (!last) return 0;
  const { resourceType: type, id } = last;
  if (await chart.store.read(rights.require({ code: 'read', type, id }))) return 0;
  for (const one of bundles) {
    await bundle(parseBundle(JSON.stringify(one)), { handling: 'strict', returns: 'minimal' }, context);
  }
  return bundles.flatMap(({ entry }) => entry).filter(({ resource }) => resource.resourceType === 'Patient').length;
}

/** Reads what the demo holds, as JSON; undefined where it is not there. */
export function demoResource(store: Pick<FhirContext['store'], 'read'>) {
  return async (type: string, id: string): Promise<string | undefined> =>
    (await store.read(demoRights().require({ code: 'read', type, id })))?.body ?? undefined;
}

function demoRights() {
  return rightsOf({
    site: 'default',
    clientId: 'demo',
    scopes: parseScope('system/*.cruds').scopes,
    expiresAt: Number.POSITIVE_INFINITY,
  });
}
