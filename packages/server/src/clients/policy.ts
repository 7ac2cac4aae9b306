import type { Scope } from '@chartgate/fhir';

/** A rule of the approval policy: what it says about a registration it applies to. */
export type ApprovalRule = {
  readonly name: string;
  readonly applies: (scopes: readonly Scope[]) => boolean;
  readonly decision: 'approved' | 'pending';
  readonly reason: string;
};

const asksFor = (context: 'patient' | 'user' | 'system') => (scope: Scope) =>
  scope.kind === 'resource' && scope.context === context;

/** The default policy, in order; the first rule that applies decides. */
export const defaultPolicy: readonly ApprovalRule[] = [
  {
    name: 'system-scopes',
    applies: (scopes) => scopes.some(asksFor('system')),
    decision: 'pending',
    reason: 'system/ scopes open records without a user: an administrator decides.',
  },
  {
    name: 'user-scopes',
    applies: (scopes) => scopes.some(asksFor('user')),
    decision: 'pending',
    reason: 'user/ scopes open all that a user may see: an administrator decides.',
  },
  {
    name: 'patient-only',
    applies: (scopes) => scopes.every((scope) => scope.kind === 'named' || asksFor('patient')(scope)),
    decision: 'approved',
    reason: 'Only the patient in question grants access, and can take it back: approved at once.',
  },
];

/** What the policy says of these scopes; what no rule covers waits for an administrator. */
export function decideByPolicy(
  scopes: readonly Scope[],
  policy: readonly ApprovalRule[] = defaultPolicy,
): { readonly status: 'approved' | 'pending'; readonly reason: string } {
  const rule = policy.find(({ applies }) => applies(scopes));
  return rule
    ? { status: rule.decision, reason: rule.reason }
    : { status: 'pending', reason: 'No rule of the policy covers this registration: an administrator decides.' };
}
