/** What the gate needs to know of a patient. */
export type PatientCard = {
  /** Logical id. */
  readonly id: string;
  /** Such as `Anna Berg`. */
  readonly displayName: string;
  readonly names: readonly { readonly family: string; readonly given: readonly string[] }[];
  /** As the record has it: `1984-05-03`, or less of it. */
  readonly birthDate?: string;
  /** As they are compared. */
  readonly emailKeys: readonly string[];
  readonly identifiers: readonly string[];
  /** In use: not inactive, not replaced by another record, and of somebody who lives. */
  readonly isCurrent: boolean;
};

/** Patients of a site's chart, as the gate may look them up. Nothing of it is shown to strangers. */
export interface PatientDirectory {
  read(id: string): Promise<PatientCard | undefined>;
  /** By an e-mail address, whoever's it is. At most 10. */
  findByEmail(email: string): Promise<readonly PatientCard[]>;
  /** By date of birth and family name. At most 10. */
  findByBirth(birthDate: string, familyName: string): Promise<readonly PatientCard[]>;
}

/** The directory of a site without a chart. */
export const noPatients: PatientDirectory = {
  read: async () => undefined,
  findByEmail: async () => [],
  findByBirth: async () => [],
};
