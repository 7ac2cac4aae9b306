import { parseScope } from '@chartgate/fhir';
import { z } from 'zod';

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters');
const texts = z.array(name).min(1).max(50);
const contexts = z.array(z.enum(['patient', 'user', 'system'])).min(1);
const domains = z
  .array(z.string().regex(/^([a-z0-9-]+\.)*[a-z0-9-]+$/, 'must be a domain in lower case'))
  .min(1)
  .max(50);

/** When a rule applies: all of what it names must hold; a rule that names nothing always applies. */
export const policyCondition = z.strictObject({
  scope_contexts: contexts.optional().describe('asks for a scope of one of these'),
  only_scope_contexts: contexts.optional().describe('asks for no patient/, user/ or system/ scope but of these'),
  scope: texts.optional().describe('asks for a scope like one of these; * stands for any characters'),
  only_scope: texts.optional().describe('each scope is like one of these'),
  offline_access: z.boolean().optional().describe('asks for offline_access, or does not'),
  client_type: z
    .array(z.enum(['public', 'confidential', 'asymmetric']))
    .min(1)
    .optional()
    .describe('no secret, a secret, keys'),
  redirect_domain: domains.optional().describe('each redirect URI is on one of these or below'),
  contact_domain: domains.optional().describe('each contact is an address at one of these; nobody has proved it'),
  software_statement_issuer: texts.optional().describe('signed by one of these trusted issuers'),
  initial_access_token: texts.optional().describe('came with an initial access token of one of these names'),
});

const isScope = (text: string) => {
  const { scopes, unknown } = parseScope(text);
  return scopes.length > 0 && unknown.length === 0;
};

export const policyRule = z.strictObject({
  name,
  if: policyCondition.default({}),
  decision: z.enum(['approve', 'review', 'reject']),
  scope: z
    .string()
    .max(20_000)
    .refine(isScope, 'must hold scopes')
    .optional()
    .describe('where it approves: no more than these'),
  expires_in_days: z.int().min(1).max(3650).optional().describe('where it approves: then an administrator decides'),
  reason: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters')
    .describe('for the developer'),
});

const areNamesDifferent = (rules: readonly { readonly name: string }[]) =>
  new Set(rules.map((rule) => rule.name)).size === rules.length;

/** The approval policy of a site: the first rule that applies decides; where none does, an administrator. */
export const approvalPolicy = z.strictObject({
  rules: z.array(policyRule).max(100).refine(areNamesDifferent, 'two rules have the same name'),
});

export type PolicyCondition = z.infer<typeof policyCondition>;
export type PolicyRule = z.infer<typeof policyRule>;
export type ApprovalPolicy = z.infer<typeof approvalPolicy>;
