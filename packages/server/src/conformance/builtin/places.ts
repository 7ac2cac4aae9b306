import type { PackageId } from '../../store/conformance-ports.ts';

/**
 * Where the canonical resources lie that come with the program: in two npm packages. `npm run definitions` makes this
 * for the versions that are installed then; for another version it is of no use.
 */
export type Places = readonly PackagePlaces[];

export type PackagePlaces = PackageId & {
  /** A file that tells where the package is, for Node's resolution. */
  readonly anchor: string;
  readonly files: readonly FilePlaces[];
};

export type FilePlaces = {
  /** Relative to the anchor's folder. */
  readonly path: string;
  /** Bytes; another size is another file. */
  readonly size: number;
  readonly resources: readonly Place[];
};

/** `start` and `length` are bytes in the file. */
export type Place = readonly [resourceType: string, url: string, version: string, start: number, length: number];
