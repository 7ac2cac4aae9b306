/** What a FHIR package may be. The largest published ones have a third of this. */
export const packageLimits = {
  /** Bytes of the archive. */
  archive: 64 * 1024 * 1024,
  /** Bytes of all files in it, unpacked: a gzip bomb ends here. */
  unpacked: 1024 * 1024 * 1024,
  /** Files, folders and everything else in it. */
  entries: 50_000,
  /** Bytes of one file that is read. */
  file: 32 * 1024 * 1024,
  /** Canonical resources. */
  canonicals: 20_000,
  /** Bytes of the canonical resources as they are kept, compressed. */
  kept: 64 * 1024 * 1024,
  /** Packages of one site. */
  installed: 200,
};
