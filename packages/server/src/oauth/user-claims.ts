import type { Account } from '../store/account-ports.ts';
import type { GateSite } from './gate.ts';

type Claim = {
  /** Any of these scopes opens it. */
  readonly scopes: readonly string[];
  readonly of: (account: Account, site: GateSite) => string | boolean | undefined;
};

/**
 * What scopes tell of a user, in id_tokens and at the userinfo endpoint; discovery lists it from here.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#scopes-for-requesting-identity-data
 */
const claims: Readonly<Record<string, Claim>> = {
  fhirUser: {
    scopes: ['fhirUser', 'profile'],
    of: ({ fhirUser }, site) => (fhirUser === undefined ? undefined : `${site.fhirUrl}/${fhirUser}`),
  },
  // an account has no name beside the one its owner signs in by
  name: { scopes: ['profile'], of: ({ userName }) => userName },
  preferred_username: { scopes: ['profile'], of: ({ userName }) => userName },
  email: { scopes: ['email'], of: ({ email }) => email },
  email_verified: { scopes: ['email'], of: ({ status }) => status === 'active' },
};

export const userClaimNames: readonly string[] = Object.keys(claims);

/** The scopes that tell something of a user, `openid` first. */
export const identityScopes: readonly string[] = [
  ...new Set(['openid', ...Object.values(claims).flatMap((claim) => claim.scopes)]),
];

/** The claims about the user that this scope opens; what the account does not have is left out. */
export function userClaims(
  account: Account,
  scope: string,
  site: GateSite,
): Readonly<Record<string, string | boolean>> {
  const granted = scope.split(' ');
  const told = Object.entries(claims).flatMap(([name, claim]) => {
    const value = claim.scopes.some((one) => granted.includes(one)) ? claim.of(account, site) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(told);
}
