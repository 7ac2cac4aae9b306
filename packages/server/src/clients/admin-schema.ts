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
  scope: z.string().max(32_768).optional().describe('fewer scopes than asked for, separated by spaces'),
  reason,
});

export const decideBody = z.strictObject({ reason });
