import { z } from 'zod';
import { admin, bodyOf, read } from './admin.ts';
import { readRegistration } from './client-metadata.ts';
import { decideByPolicy, policySetting, readPolicy } from './policy.ts';
import { approvalPolicy } from './policy-schema.ts';

/** `GET`: the approval policy in force. */
export const showPolicy = admin('GET', async ({ site }) => approvalPolicy.parse(await readPolicy(site.store.settings)));

/** `PUT`: the approval policy from now on. What was decided before stays. */
export const replacePolicy = admin('PUT', async ({ gate, site, request }) => {
  const policy = read(approvalPolicy, bodyOf(request));
  await site.store.settings.put({ [policySetting]: policy }, gate.now());
  return policy;
});

const tryBody = z.strictObject({
  registration: z.looseObject({}).describe('client metadata, as it would be sent'),
  software_statement_issuer: z.string().max(2048).optional().describe('as if it had stated all of it'),
  initial_access_token: z.string().max(100).optional().describe('its name'),
  policy: approvalPolicy.optional().describe('to be tried; default: the one in force'),
});

const tryJson = z.strictObject({
  rule: z.string(),
  decision: z.enum(['approve', 'review', 'reject']),
  reason: z.string(),
  granted_scope: z.string(),
  expires_in_days: z.int().optional(),
  warnings: z.array(z.string()).describe('of the registration'),
});

/** `POST …/try`: what the policy would say of a registration. Nothing is stored. */
export const tryPolicy = admin('POST', async ({ gate, site, request }) => {
  const tried = read(tryBody, bodyOf(request));
  const { metadata, scopes, warnings } = readRegistration(tried.registration, gate.config.allowLoopbackJwks);
  const stated = Object.keys(metadata);
  const applicant = {
    metadata,
    scopes,
    ...(tried.software_statement_issuer === undefined
      ? {}
      : { statementIssuer: tried.software_statement_issuer, stated }),
    ...(tried.initial_access_token === undefined ? {} : { initialAccessToken: tried.initial_access_token }),
  };
  const policy = tried.policy ?? (await readPolicy(site.store.settings));
  const said = decideByPolicy(applicant, policy, (await site.settings()).four_eyes);
  return tryJson.parse({
    rule: said.rule,
    decision: said.decision,
    reason: said.reason,
    granted_scope: said.grantedScope,
    ...(said.expiresInDays === undefined ? {} : { expires_in_days: said.expiresInDays }),
    warnings,
  });
});
