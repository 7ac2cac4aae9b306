import { z } from 'zod';

/** The JSON of the administrators' audit API, requests and answers. */
const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => Date.parse(text))
  .describe('a date, or a time with its offset');

const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be an id');

export const auditQuery = z.strictObject({
  patient: id.optional().describe('logical id of the patient whose record was touched'),
  client: z.string().max(200).optional().describe('client_id'),
  account: z.string().max(200).optional().describe('account id'),
  from: time.optional(),
  to: time.optional().describe('up to, and not at, this time'),
  outcome: z.enum(['success', 'refusal', 'error']).optional(),
  action: z
    .string()
    .regex(/^[a-z-]{1,40}(,[a-z-]{1,40}){0,30}$/, 'must be names of interactions or acts, with commas between')
    .optional(),
  format: z.enum(['fhir', 'compact']).default('fhir').describe('a Bundle of AuditEvent, or our own shorter rows'),
  count: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(100).optional().describe('next of the page before'),
});

export const auditRowJson = z.strictObject({
  id: z.string().describe('chain-seq'),
  time: z.iso.datetime(),
  action: z.string(),
  status: z.int(),
  client_id: z.string().nullable(),
  account_id: z.string().nullable(),
  patients: z.array(z.string()),
  details: z.record(z.string(), z.unknown()),
});

export const auditListJson = z.strictObject({ events: z.array(auditRowJson), next: z.string().nullable() });

export const auditHeadJson = z.strictObject({
  chain: z.int().min(1),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export const verifyBody = z.strictObject({
  heads: z
    .array(auditHeadJson)
    .max(500)
    .optional()
    .describe('of the file audit-heads of another node, or a copy of it'),
});

export const verificationJson = z.strictObject({
  intact: z.boolean(),
  chains: z.int(),
  rows: z.int().describe('that were looked at'),
  heads: z.array(auditHeadJson).describe('how far each chain is; worth keeping elsewhere'),
  first_break: z
    .strictObject({ chain: z.int(), node: z.string().nullable(), seq: z.int().nullable(), what: z.string() })
    .nullable(),
});
