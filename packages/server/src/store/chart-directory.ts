/** A patient as a list shows it. */
export type PatientEntry = {
  /** Logical id. */
  readonly id: string;
  readonly name: string;
  /** `YYYY-MM-DD`, or a part of it. */
  readonly birthDate?: string;
  /** Numbers by which staff tell patients apart, at most three. */
  readonly identifiers: readonly string[];
};

/** A patient as it is compared with what somebody claims to be. */
export type PatientCard = PatientEntry & {
  readonly names: readonly { readonly family: string; readonly given: readonly string[] }[];
  /** As they are compared. */
  readonly emailKeys: readonly string[];
  readonly identifierKeys: readonly string[];
  /** In use: not inactive, not replaced by another record, and of somebody who lives. */
  readonly isCurrent: boolean;
};

/** An encounter as a list shows it. */
export type EncounterEntry = {
  /** Logical id. */
  readonly id: string;
  readonly words: string;
  /** When it began, as FHIR writes it. */
  readonly start?: string;
};

/** What staff look for; all that is given must fit. Absent members ask for nothing. */
export type PatientQuery = {
  /** Beginnings of names, separated by spaces. */
  readonly name?: string;
  /** `YYYY-MM-DD`, or a part of it. */
  readonly birthDate?: string;
  readonly identifier?: string;
  /** The next page, as the page before names it. */
  readonly page?: string;
};

export type FoundPatients = { readonly patients: readonly PatientEntry[]; readonly nextPage?: string };

/**
 * What the gate knows of the chart: names for people who have signed in to pick from, and what a claim to a record is
 * compared with. Whether somebody may see a patient is up to who asks; the directory knows the whole site.
 */
export interface ChartDirectory {
  /** Those that there are, by their ids. */
  patientNames(ids: readonly string[]): Promise<ReadonlyMap<string, PatientEntry>>;
  /** At most 20 a page. Nobody where nothing that can be looked for is given. */
  findPatients(query: PatientQuery): Promise<FoundPatients>;
  /** The patient's latest ones, at most 10. */
  encountersOf(patient: string): Promise<readonly EncounterEntry[]>;
  /** The current version; undefined where there is none. */
  read(type: 'Patient' | 'Encounter', id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** A patient to be compared with a claim; undefined where there is none. */
  card(id: string): Promise<PatientCard | undefined>;
  /** By an e-mail address, whoever's it is. At most 10. */
  cardsByEmail(email: string): Promise<readonly PatientCard[]>;
  /** By date of birth and family name. At most 10. */
  cardsByBirth(birthDate: string, familyName: string): Promise<readonly PatientCard[]>;
}

/** Of a site without a chart. */
export const emptyDirectory: ChartDirectory = {
  patientNames: async () => new Map(),
  findPatients: async () => ({ patients: [] }),
  encountersOf: async () => [],
  read: async () => undefined,
  card: async () => undefined,
  cardsByEmail: async () => [],
  cardsByBirth: async () => [],
};
