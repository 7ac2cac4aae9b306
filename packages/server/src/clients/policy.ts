import { narrow, parseScope, type Scope } from '@chartgate/fhir';
import type { SiteSettings } from '../oauth/settings.ts';
import type { ClientMetadata, SettingStore } from '../store/gate-ports.ts';
import { type ApprovalPolicy, approvalPolicy, type PolicyCondition, type PolicyRule } from './policy-schema.ts';

/** What a policy looks at. */
export type Applicant = {
  readonly metadata: ClientMetadata;
  readonly scopes: readonly Scope[];
  /** The trusted issuer that signed its software statement. */
  readonly statementIssuer?: string;
  /** The members that the statement names. */
  readonly stated?: readonly string[];
  /** The name of its initial access token. */
  readonly initialAccessToken?: string;
  /** What an administrator said with the initial access token, in place of the policy. */
  readonly decision?: 'approve' | 'review';
};

/** What the policy says of an applicant. */
export type PolicyDecision = {
  /** The rule's name, or what decided in place of one. */
  readonly rule: string;
  readonly decision: PolicyRule['decision'];
  readonly reason: string;
  /** What its tokens may hold; empty unless it is approved. */
  readonly grantedScope: string;
  readonly expiresInDays?: number;
};

/** The policy where an administrator wrote none. */
export const defaultPolicy: ApprovalPolicy = {
  rules: [
    {
      name: 'system-scopes',
      if: { scope_contexts: ['system'] },
      decision: 'review',
      reason: 'system/ scopes open records without a user: an administrator decides.',
    },
    {
      name: 'user-scopes',
      if: { scope_contexts: ['user'] },
      decision: 'review',
      reason: 'user/ scopes open all that a user may see: an administrator decides.',
    },
    {
      name: 'patient-only',
      if: { only_scope_contexts: ['patient'] },
      decision: 'approve',
      reason: 'Only the patient in question grants access, and can take it back: approved at once.',
    },
  ],
};

/** The setting under which the policy is stored. */
export const policySetting = 'approval_policy';

/** The policy in force. One that this version does not take lets nobody in by itself. */
export async function readPolicy(settings: SettingStore): Promise<ApprovalPolicy> {
  const stored = (await settings.all())[policySetting];
  if (stored === undefined) return defaultPolicy;
  return approvalPolicy.safeParse(stored).data ?? { rules: [] };
}

/**
 * What a policy says: the first rule that applies decides, and what no rule covers waits for an administrator. Records
 * of people who are not asked are never opened on a stranger's word: user/ and system/ scopes are approved only where
 * an initial access token or a trusted issuer stands for the client, and never where two administrators must agree.
 */
export function decideByPolicy(
  applicant: Applicant,
  policy: ApprovalPolicy,
  fourEyes: SiteSettings['four_eyes'],
): PolicyDecision {
  const rule = applicant.decision === undefined ? ruleFor(applicant, policy) : ruleOfToken(applicant.decision);
  const { name, decision, reason, scope } = rule;
  const review = (why: string) => ({ rule: name, decision: 'review' as const, reason: why, grantedScope: '' });
  if (decision !== 'approve') return { ...review(reason), decision };
  const granted = scope === undefined ? applicant.scopes : narrow(applicant.scopes, parseScope(scope).scopes);
  if (applicant.scopes.length > 0 && granted.length === 0)
    return review('The policy grants none of the scopes: an administrator decides.');
  if (granted.some(isOf('user', 'system')) && !isVouchedFor(applicant, rule))
    return review('user/ and system/ scopes are not granted on a stranger’s word: an administrator decides.');
  if (fourEyes === 'system' && granted.some(isOf('system')))
    return review('system/ scopes need two administrators here.');
  return {
    rule: name,
    decision: 'approve',
    reason,
    grantedScope: granted.map(({ text }) => text).join(' '),
    ...(rule.expires_in_days === undefined ? {} : { expiresInDays: rule.expires_in_days }),
  };
}

function ruleFor(applicant: Applicant, { rules }: ApprovalPolicy): PolicyRule {
  const reason = 'No rule of the policy covers this registration: an administrator decides.';
  return rules.find((rule) => applies(rule.if, applicant)) ?? { name: 'no-rule', if: {}, decision: 'review', reason };
}

function ruleOfToken(decision: 'approve' | 'review'): PolicyRule {
  const reason = decision === 'approve' ? 'An administrator invited it.' : 'An administrator decides.';
  return { name: 'initial-access-token', if: {}, decision, reason };
}

function isVouchedFor(applicant: Applicant, rule: PolicyRule): boolean {
  if (applicant.decision === 'approve' || rule.if.initial_access_token !== undefined) return true;
  return rule.if.software_statement_issuer !== undefined && isWhollyStated(applicant);
}

/** A statement can be copied: it stands for a client only where it says itself what is asked, and where tokens go. */
function isWhollyStated({ metadata, stated = [] }: Applicant): boolean {
  const decisive = ['scope', 'redirect_uris', 'jwks', 'jwks_uri'].filter((member) => metadata[member] !== undefined);
  return decisive.every((member) => stated.includes(member));
}

const isOf =
  (...contexts: readonly string[]) =>
  (scope: Scope) =>
    scope.kind === 'resource' && contexts.includes(scope.context);

type ConditionName = keyof PolicyCondition;
type Wanted<K extends ConditionName> = NonNullable<PolicyCondition[K]>;
type Conditions = { readonly [K in ConditionName]: (wanted: Wanted<K>, applicant: Applicant) => boolean };

/** Each condition by its name: whether what it asks holds. */
const conditions: Conditions = {
  scope_contexts: (wanted, { scopes }) => scopes.some(isOf(...wanted)),
  only_scope_contexts: (wanted, { scopes }) => scopes.every((s) => s.kind === 'named' || isOf(...wanted)(s)),
  scope: (wanted, { scopes }) => scopes.some(({ text }) => wanted.some((pattern) => isLike(text, pattern))),
  only_scope: (wanted, { scopes }) => scopes.every(({ text }) => wanted.some((pattern) => isLike(text, pattern))),
  offline_access: (wanted, { scopes }) => scopes.some(({ text }) => text === 'offline_access') === wanted,
  client_type: (wanted, { metadata }) => wanted.includes(typeOf(metadata)),
  redirect_domain: (wanted, { metadata: { redirect_uris = [] } }) =>
    redirect_uris.length > 0 && redirect_uris.every((uri) => isWithin(hostOf(uri), wanted)),
  contact_domain: (wanted, { metadata: { contacts = [] } }) =>
    contacts.length > 0 && contacts.every((contact) => isWithin(contact.match(/^[^@\s]+@([^@\s]+)$/)?.[1], wanted)),
  software_statement_issuer: (wanted, { statementIssuer }) =>
    statementIssuer !== undefined && wanted.includes(statementIssuer),
  initial_access_token: (wanted, { initialAccessToken }) =>
    initialAccessToken !== undefined && wanted.includes(initialAccessToken),
};

function applies(condition: PolicyCondition, applicant: Applicant): boolean {
  const holds = <K extends ConditionName>(name: K) => {
    const wanted = condition[name] as Wanted<K> | undefined;
    return wanted === undefined || conditions[name](wanted, applicant);
  };
  return (Object.keys(conditions) as ConditionName[]).every(holds);
}

function typeOf({ jwks, jwks_uri, token_endpoint_auth_method }: ClientMetadata) {
  if (jwks !== undefined || jwks_uri !== undefined) return 'asymmetric';
  return token_endpoint_auth_method === 'none' ? 'public' : 'confidential';
}

function hostOf(uri: string): string | undefined {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'https:' ? hostname : undefined;
}

function isWithin(host: string | undefined, domains: readonly string[]): boolean {
  const folded = host?.toLowerCase();
  return folded !== undefined && domains.some((domain) => folded === domain || folded.endsWith(`.${domain}`));
}

/** Whether a text is like a pattern in which `*` stands for any characters; each part is looked for once. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
