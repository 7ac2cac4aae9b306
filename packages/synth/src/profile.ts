type ProfileMeta = { readonly profile: readonly string[] };

const metas = new Map<string, ProfileMeta>();

/** `meta` that claims a US Core profile, such as `us-core-patient`. One object per profile, shared and frozen. */
export function usCoreProfile(name: string): ProfileMeta {
  const known = metas.get(name);
  if (known) return known;
  const meta = Object.freeze({
    profile: Object.freeze([`http://hl7.org/fhir/us/core/StructureDefinition/${name}`]),
  });
  metas.set(name, meta);
  return meta;
}
