/** What is wrong with a FHIR package, in words for whoever installs it. */
export class PackageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PackageError';
  }
}
