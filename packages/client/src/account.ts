import type { CallOptions } from './http.ts';
import { apiRoot, jsonApi } from './json-api.ts';

/** A record that an account reaches, in the spelling of the wire. */
export type ChartLink = {
  /** Logical id. */
  readonly patient: string;
  readonly relationship: 'self' | 'guardian';
  readonly linked_at: string;
};

/** An account as its owner sees it, in the spelling of the wire. */
export type AccountRecord = {
  readonly account_id: string;
  readonly user_name: string;
  readonly email: string;
  readonly status: string;
  readonly role: 'patient' | 'practitioner' | 'administrator';
  /** The own record, such as `Practitioner/1`. */
  readonly fhir_user: string | null;
  readonly charts: readonly ChartLink[];
  readonly created_at: string;
};

/**
 * Whose account it is. @param token a session token; undefined where `options.fetch` shows who asks
 * @throws {OAuthError} 401 where nobody is signed in
 */
export async function readOwnAccount(
  base: string,
  site: string,
  token: string | undefined,
  options: CallOptions = {},
): Promise<AccountRecord> {
  return (await jsonApi(apiRoot(base, site, 'account'), token, options).get('me')) as AccountRecord;
}
