import { FhirError, issue } from '@chartgate/fhir';

/** 503: the database does not answer. The cause stays in `cause` and never leaves the server. */
export class DatabaseUnavailable extends FhirError {
  constructor(cause: unknown) {
    super(503, [issue('transient', 'The database does not answer at the moment. Try again in a few seconds.')], cause);
    this.name = 'DatabaseUnavailable';
  }
}
