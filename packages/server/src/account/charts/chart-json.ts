import { z } from 'zod';
import { chartJson } from '../schema.ts';

const day = 24 * 3600;

/** The JSON of charts and of the ways to them, requests and answers. The wire's spelling. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{C}*$/u, 'must not hold control characters');
const relationship = z.enum(['self', 'guardian']);
const patient = z
  .string()
  .regex(/^[A-Za-z0-9.-]{1,64}$/)
  .describe('logical id');
const birthDate = z.iso.date();
const time = z.iso.datetime();

export const redeemBody = z.strictObject({ invitation_code: line(100), birth_date: birthDate });
export const claimBody = z.strictObject({
  given_name: line(100),
  family_name: line(100),
  birth_date: birthDate,
  identifier: line(100).optional().describe('such as the number on a letter of the clinic'),
  relationship: relationship.default('self'),
  note: line(500).optional(),
});
export const chartBody = z.union([redeemBody, claimBody]);
export const linkedJson = z.strictObject({ status: z.enum(['linked', 'in-review']) });
export const ownRequestJson = z.strictObject({
  request_id: z.string(),
  status: z.enum(['open', 'accepted', 'rejected']),
  created_at: time,
  reason: z.string().nullable(),
});
export const ownChartsJson = z.strictObject({ charts: z.array(chartJson), requests: z.array(ownRequestJson) });
export const chartsJson = z.strictObject({ charts: z.array(chartJson) });
export const invitationBody = z.strictObject({
  patient,
  relationship,
  email: z.email().max(254).optional(),
  expires_in: z
    .int()
    .min(3600)
    .max(90 * day)
    .default(14 * day)
    .describe('seconds'),
});
export const invitationJson = z.strictObject({
  invitation_id: z.string(),
  patient,
  relationship,
  made_by: z.string(),
  created_at: time,
  expires_at: time,
});
export const newInvitationJson = invitationJson.extend({ invitation_code: z.string().describe('shown once') });
export const invitationListJson = z.strictObject({ invitations: z.array(invitationJson) });
export const requestJson = ownRequestJson.extend({
  account_id: z.string(),
  user_name: z.string(),
  email: z.string(),
  given_name: z.string(),
  family_name: z.string(),
  birth_date: z.string(),
  identifier: z.string().nullable(),
  relationship,
  note: z.string().nullable(),
  patient: z.string().nullable(),
});
export const requestListJson = z.strictObject({ chart_requests: z.array(requestJson) });
export const candidateJson = z.strictObject({
  patient,
  name: z.string(),
  matches: z.strictObject({ name: z.boolean(), birth_date: z.boolean(), email: z.boolean(), identifier: z.boolean() }),
});
export const wholeRequestJson = requestJson.extend({ candidates: z.array(candidateJson) });
export const acceptBody = z.strictObject({ patient, relationship });
export const rejectBody = z.strictObject({ reason: line(500) });
export const statusQuery = z.enum(['open', 'accepted', 'rejected']);
