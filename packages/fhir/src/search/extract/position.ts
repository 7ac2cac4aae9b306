import type { SearchValue } from '../value.ts';
import { numberOf, objectOf } from './read.ts';

/** `Location.position`, for `near`. One that is on no globe is passed over. @see https://hl7.org/fhir/R4/location.html */
export function position(out: SearchValue[], parameter: string, value: unknown): void {
  const found = objectOf(value);
  const [latitude, longitude] = [numberOf(found?.latitude), numberOf(found?.longitude)];
  if (latitude === undefined || longitude === undefined) return;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return;
  out.push({ kind: 'position', parameter, latitude, longitude });
}
