import type { PositionSearchValue } from './value.ts';

/** A place and how far from it something may be, in km; degrees for the rest. */
export type NearValue = { readonly latitude: number; readonly longitude: number; readonly km: number };

/** The mean radius of the Earth, km. */
export const earthRadius = 6371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Distance in km along a great circle (haversine). */
export function distance(a: Omit<NearValue, 'km'>, b: Omit<NearValue, 'km'>): number {
  const [north, east] = [radians(b.latitude - a.latitude) / 2, radians(b.longitude - a.longitude) / 2];
  const across = Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(east) ** 2;
  return 2 * earthRadius * Math.asin(Math.sqrt(Math.min(1, Math.sin(north) ** 2 + across)));
}

/** @see https://hl7.org/fhir/R4/location.html#search */
export function isNear(search: NearValue, stored: PositionSearchValue): boolean {
  return distance(search, stored) <= search.km;
}
