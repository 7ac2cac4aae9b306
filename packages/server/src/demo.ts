import { parseBundle, parseScope } from '@chartgate/fhir';
import { patients, supportingBundle } from '@chartgate/synth';
import { rightsOf } from './access/rights.ts';
import { bundle } from './interaction/bundle.ts';
import type { FhirContext } from './interaction/dispatch.ts';
import { operate } from './operation/operate.ts';

/** Which patients a demo has: the same ones on every machine. */
const demo = { seed: 'demo', count: 50 };

/**
 * Fills a site with synthetic patients, by the same transactions that any client would send. Does nothing where the
 * last of them is there already.
 * @returns how many patients were loaded
 */
export async function loadDemo(
  chart: Pick<FhirContext, 'base' | 'store' | 'conformance' | 'indexing'>,
): Promise<number> {
  const rights = rightsOf({
    site: 'default',
    clientId: 'demo',
    scopes: parseScope('system/*.cruds').scopes,
    expiresAt: Number.POSITIVE_INFINITY,
  });
  const context: FhirContext = { ...chart, validation: 'structure', operate, rights, seal: { key: '', boundTo: '' } };
  const bundles = [supportingBundle({ seed: demo.seed }), ...patients(demo)];
  const last = bundles.at(-1)?.entry.find(({ resource }) => resource.resourceType === 'Patient')?.resource;
  if (!last || (await chart.store.read(rights.require({ code: 'read', type: 'Patient', id: last.id })))) return 0;
  for (const one of bundles)
    await bundle(parseBundle(JSON.stringify(one)), { handling: 'strict', returns: 'minimal' }, context);
  return demo.count;
}
