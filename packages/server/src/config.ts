import type { DemoAccount } from './demo-accounts.ts';
import type { WriteValidation } from './interaction/request.ts';

/** What `serve` is told. */
export type ServeOptions = {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Holds the bundled database, keys and the credential file. Made when missing, for its owner only. */
  readonly dataDirectory: string;
  /** Connection string of a PostgreSQL (15 or newer) of one's own; absent: the bundled one. */
  readonly databaseUrl?: string;
  /**
   * How clients reach this server, such as `https://ehr.example`. Absent: `http://localhost:{port}`, and then nobody
   * but this machine is listened to.
   */
  readonly publicUrl?: string;
  /** What a resource must meet to be written. (Default: `structure`) */
  readonly validation?: WriteValidation;
  /** Fills an empty site with synthetic patients, and shows accounts to look around with. */
  readonly demo?: boolean;
  /** The mail server, such as `smtps://user:password@mail.example`. Absent: mail is kept and not sent. */
  readonly smtpUrl?: string;
  /** The address that mail comes from; with `smtpUrl`. */
  readonly mailFrom?: string;
  /** Hears the log, a line of JSON each. (Default: standard error) The level is `CHARTGATE_LOG`, by default `warn`. */
  readonly log?: (line: string) => void;
};

/** A server that answers. */
export type Serving = {
  /** Public URL, without a slash at its end. */
  readonly url: string;
  readonly credentialFile: string;
  /** Patients that the demo loaded at this start; 0 where they were there already. */
  readonly demoPatients: number;
  /** Names and passwords of the demo's accounts; empty without a demo. */
  readonly demoAccounts: readonly DemoAccount[];
  /** Answers what is under way, then stops everything that `serve` started. */
  close(): Promise<void>;
};

/** Requests of one client that may run at the same time. */
export const maxConcurrencyPerClient = 100;
