import type { PackageId } from '@chartgate/client';
import { usage } from '../failure.ts';

/** `name#version`, as people write a package. Undefined where the text is none. */
export function readPackageId(text: string): PackageId | undefined {
  const match = /^([a-z0-9][a-z0-9.-]{0,127})#([a-z0-9][a-z0-9.+-]{0,63})$/i.exec(text);
  return match ? { name: match[1]!, version: match[2]! } : undefined;
}

/** @throws a usage failure where the text is no `name#version` */
export function requirePackageId(text: string): PackageId {
  const id = readPackageId(text);
  if (id) return id;
  throw usage(`${text} names no package. Expected NAME#VERSION, such as hl7.fhir.us.core#6.1.0`);
}

export function labelOf({ name, version }: PackageId): string {
  return `${name}#${version}`;
}
