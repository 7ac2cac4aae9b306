import type { GateAct } from './event.ts';

/** How an act is told: R4's action code, and a sentence for people. `client`: the client is who acts, not what is acted on. */
export type ActRow = {
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly display: string;
  readonly isOfClient?: true;
};

/** Every act of the gate that is written down. @see event.ts for what each holds */
export const acts = {
  'token-granted': { action: 'E', display: 'An access token was issued', isOfClient: true },
  'token-revoked': { action: 'D', display: 'A token was revoked', isOfClient: true },
  refused: { action: 'E', display: 'A request to the gate was refused', isOfClient: true },
  'authorization-given': { action: 'C', display: 'A user let an app in' },
  'authorization-denied': { action: 'E', display: 'A user did not let an app in' },
  'authorization-ended': { action: 'D', display: 'What a user allowed an app has ended' },
  'launch-started': { action: 'E', display: 'An app was launched from the record system' },
  'client-registered': { action: 'C', display: 'A client was registered' },
  'client-changed': { action: 'U', display: 'A client changed its registration', isOfClient: true },
  'client-removed': { action: 'D', display: 'A client removed its registration', isOfClient: true },
  'client-decided': { action: 'U', display: 'An administrator decided about a client' },
  'admin-token-issued': { action: 'E', display: 'An administrator made an access token' },
  'settings-changed': { action: 'U', display: 'Settings of the site were changed' },
  'package-installed': { action: 'C', display: 'A FHIR package was installed' },
  'package-removed': { action: 'D', display: 'A FHIR package was removed' },
  'signed-in': { action: 'E', display: 'A user signed in' },
  'sign-in-refused': { action: 'E', display: 'A sign-in was refused' },
  'signed-out': { action: 'E', display: 'A user signed out' },
  'account-changed': { action: 'U', display: 'An account was changed' },
  'chart-linked': { action: 'U', display: 'A record was opened to an account' },
  'chart-unlinked': { action: 'U', display: 'A record was closed to an account' },
  'signing-key-made': { action: 'C', display: 'A signing key was made' },
  'audit-read': { action: 'R', display: 'The audit was read' },
  'audit-verified': { action: 'E', display: 'The audit was checked' },
} satisfies Record<GateAct['act'], ActRow>;

/** The row of an action; undefined where it is a FHIR interaction. */
export function actOf(action: string): ActRow | undefined {
  return Object.hasOwn(acts, action) ? acts[action as GateAct['act']] : undefined;
}
