/** A canonical resource of a package: its JSON, without narrative, as raw deflate. */
export type PackedCanonical = {
  readonly type: string;
  readonly url: string;
  readonly version?: string;
  readonly packed: Uint8Array;
};

/** @see https://hl7.org/fhir/packages.html */
export type PackageId = { readonly name: string; readonly version: string };

/** What a package says of itself. */
export type PackageAbout = {
  readonly title?: string;
  readonly canonical?: string;
  readonly fhirVersions: readonly string[];
  /** Versions by name, as `package.json` has them. */
  readonly dependencies: Readonly<Record<string, string>>;
};

/** A package as it was read out of its archive. */
export type PackageContent = PackageId & {
  readonly about: PackageAbout;
  /** SHA-256 of the archive. */
  readonly digest: Uint8Array;
  readonly canonicals: readonly PackedCanonical[];
};

export type InstalledPackage = Omit<PackageContent, 'canonicals'> & {
  /** ms since the epoch. */
  readonly installedAt: number;
  /** How many canonical resources it brought. */
  readonly resources: number;
};

/** What became of an installation: `different` wrote nothing, as another content has this name and version. */
export type Installation = 'installed' | 'replaced' | 'unchanged' | 'different';

/** The packages of one site. Every change is told to all nodes. */
export interface PackageStore {
  /** In the order they were installed. */
  list(): Promise<readonly InstalledPackage[]>;
  canonicals(id: PackageId): Promise<readonly PackedCanonical[]>;
  /** All or nothing. @param replace whether another content of the same name and version gives way */
  install(content: PackageContent, replace: boolean): Promise<Installation>;
  /** Whether it was there. */
  remove(id: PackageId): Promise<boolean>;
}

/** A resource of the chart from which the server itself learns something. */
export type ChartCanonical = {
  readonly type: string;
  readonly id: string;
  /** JSON; absent where it is deleted. */
  readonly text?: string;
};

export type ChartKey = { readonly type: string; readonly id: string };

/**
 * The chart's conformance resources, for the server's own use: what they hold is never answered to a caller but through
 * a permit.
 */
export interface ChartConformance {
  /** Of the given types, the latest written first, at most `limit`. */
  all(types: readonly string[], limit: number): Promise<readonly ChartCanonical[]>;
  /** As they are now; those that never were are left out. */
  some(keys: readonly ChartKey[]): Promise<readonly ChartCanonical[]>;
}

/** Said to all nodes when the packages changed, or a resource of the chart from which the server learns something. */
export type ConformanceEvent =
  | { readonly kind: 'packages' }
  | { readonly kind: 'chart'; readonly type: string; readonly id: string };

/** Where one site's profiles, search parameters and codes are kept. */
export interface ConformanceStore {
  readonly packages: PackageStore;
  readonly chart: ChartConformance;
  /** Calls `hear` for each event of the site, and `lost` when events may have been missed; listens again by itself. */
  listen(hear: (event: ConformanceEvent) => void, lost: () => void): Promise<{ close(): Promise<void> }>;
}
