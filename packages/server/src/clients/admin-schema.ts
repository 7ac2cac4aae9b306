import { z } from 'zod';

/** The JSON of the admin API, requests and answers. The wire's spelling. */
const status = z.enum(['pending', 'approved', 'suspended', 'revoked']);

export const clientJson = z.strictObject({
  client_id: z.string(),
  client_name: z.string().nullable(),
  status,
  scope: z.string().describe('asked for'),
  granted_scope: z.string().describe('what tokens may hold; empty while pending'),
  token_endpoint_auth_method: z.string(),
  grant_types: z.array(z.string()),
  contacts: z.array(z.string()),
  redirect_uris: z.array(z.string()),
  jwks: z.looseObject({ keys: z.array(z.looseObject({})) }).optional(),
  jwks_uri: z.string().optional(),
  warnings: z.array(z.string()),
  created_at: z.iso.datetime(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  version: z.int().describe('counts up with every change; approve can be told which one was looked at'),
  waiting_since: z.iso.datetime().optional(),
  waiting_for: z.enum(['registration', 'change', 'expiry']).optional(),
  registered_by: z.string().optional(),
  approval_expires_at: z.iso.datetime().optional(),
  first_approval: z
    .strictObject({ by: z.string(), at: z.iso.datetime(), scope: z.string() })
    .optional()
    .describe('by one of two administrators'),
});

export const decidedClientJson = clientJson.extend({
  tokens_revoked: z.int().optional().describe('live access tokens that died with this'),
});

export const clientListJson = z.strictObject({ clients: z.array(clientJson) });

export const ticketJsonSchema = z.strictObject({
  id: z.string(),
  time: z.iso.datetime(),
  endpoint: z.string(),
  client_id: z.string().nullable(),
  error: z.string(),
  refusal: z.string(),
  check: z.string(),
  expected: z.string(),
  received: z.string(),
  advice: z.string(),
  checks: z.array(z.strictObject({ check: z.string(), outcome: z.enum(['passed', 'failed', 'skipped']) })),
});

export const ticketListJson = z.strictObject({ tickets: z.array(ticketJsonSchema) });

export const listClientsQuery = z.strictObject({ status: status.optional() });

export const listTicketsQuery = z.strictObject({
  client_id: z
    .string()
    .regex(/^[\w-]{1,200}$/)
    .optional(),
});

const reason = z
  .string()
  .max(1000)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')
  .optional();

export const approveBody = z.strictObject({
  version: z.int().optional().describe('which one is approved; another one by now is refused'),
  valid_for_days: z.int().min(1).max(3650).optional().describe('then the client goes back to review'),
  scope: z.string().max(32_768).optional().describe('fewer scopes than asked for, separated by spaces'),
  reason,
});

export const decideBody = z.strictObject({ reason });

const words = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters');

export const rejectBody = z.strictObject({ reason: words.describe('reaches the developer') });

export const askBody = z.strictObject({ question: words.describe('reaches the developer') });

export const historyJson = z.strictObject({
  decisions: z.array(
    z.strictObject({
      time: z.iso.datetime(),
      by: z.string().describe('token:…, account:…, policy:…, owner or clock'),
      action: z.string(),
      reason: z.string().nullable(),
      content: z.looseObject({}),
    }),
  ),
});

export const inboxJson = z.strictObject({
  waiting: z.array(
    z.strictObject({
      client: clientJson,
      since: z.iso.datetime(),
      for: z.enum(['registration', 'change', 'expiry']),
      scopes: z.array(
        z.strictObject({ scope: z.string(), says: z.string(), is_new: z.boolean().describe('not granted before') }),
      ),
      differences: z
        .array(
          z.strictObject({ member: z.string(), before: z.unknown(), after: z.unknown(), is_material: z.boolean() }),
        )
        .describe('to what was approved last'),
    }),
  ),
});
