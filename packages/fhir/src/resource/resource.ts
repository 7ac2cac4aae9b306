/** A FHIR resource as parsed JSON. Members beyond these are typed by the resource type's StructureDefinition. */
export type Resource = {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: Meta;
  readonly [member: string]: unknown;
};

/** @see https://hl7.org/fhir/R4/resource.html#Meta */
export type Meta = {
  readonly versionId?: string;
  readonly lastUpdated?: string;
  readonly profile?: readonly string[];
  readonly [member: string]: unknown;
};

/** Whether `text` may be a logical id. @see https://hl7.org/fhir/R4/datatypes.html#id */
export function isResourceId(text: string): boolean {
  return /^[A-Za-z0-9\-.]{1,64}$/.test(text);
}
