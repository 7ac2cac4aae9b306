import type { LoadedServer } from './loaded-server.ts';

/** A kind of search, with as many different questions of the kind as the data give. */
export type SearchKind = { readonly name: string; readonly queries: readonly string[] };

type Name = { readonly family?: string };
type Identifier = { readonly system?: string; readonly value?: string };

/** Searches whose values come from the loaded data, so that they find something. */
export function searchKinds({ bundles, loaded }: LoadedServer): SearchKind[] {
  const patients = bundles.patients
    .flatMap(({ entries }) => entries.map(({ resource }) => resource))
    .filter(({ resourceType }) => resourceType === 'Patient');
  const ids = loaded.ids.get('Patient') ?? [];
  const identifiers = patients.flatMap(
    ({ identifier }) => (identifier as readonly Identifier[] | undefined)?.slice(0, 1) ?? [],
  );
  const families = patients.flatMap(({ name }) => (name as readonly Name[])[0]?.family ?? []);
  const heartRates = Array.from({ length: 40 }, (_, i) => 60 + i);
  return [
    {
      name: 'identifier',
      queries: identifiers.map(({ system, value }) => `Patient?identifier=${encodeURIComponent(`${system}|${value}`)}`),
    },
    {
      name: 'name prefix',
      queries: families.map((family) => `Patient?name=${encodeURIComponent(family.slice(0, 3))}`),
    },
    {
      name: "patient's labs by -date",
      queries: ids.map((id) => `Observation?patient=${id}&category=laboratory&_sort=-date&_count=50`),
    },
    {
      name: 'code and value-quantity',
      queries: heartRates.map(
        (rate) => `Observation?code=http://loinc.org%7C8867-4&value-quantity=gt${rate}&_count=50`,
      ),
    },
    {
      name: '_include',
      queries: ids.map((id) => `MedicationRequest?patient=${id}&_include=MedicationRequest:encounter`),
    },
    {
      name: 'chained patient.name',
      queries: families.map(
        (family) => `Observation?patient.name=${encodeURIComponent(family)}&code=http://loinc.org%7C85354-9&_count=50`,
      ),
    },
  ];
}
