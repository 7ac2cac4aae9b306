import { z } from 'zod';

/** The JSON of the account API, requests and answers. The wire's spelling. */
const text = z.string().max(1000);
const token = z.string().max(100).describe('of the mailed link');
const password = text.describe('10 to 200 characters');
const current = text.describe('the one that the account has now');

export const signUpBody = z.strictObject({ user_name: text, email: text, password });
export const verifyBody = z.strictObject({
  token,
  password: text.describe('the one that was chosen at sign-up'),
  user_name: text.optional().describe('another one, where the one chosen at sign-up was taken meanwhile'),
});
export const signInBody = z.strictObject({ username: text.describe('user name or e-mail address'), password: text });
export const secondStepBody = z
  .object({ second_step: token.describe('of the first step’s answer'), method: z.string().max(50) })
  .catchall(z.union([z.string().max(20_000), z.record(z.string(), z.unknown())]))
  .describe('with what the method asks for');
export const forgotBody = z.strictObject({ username: text.describe('user name or e-mail address') });
export const resetBody = z.strictObject({ token, password });
export const changePasswordBody = z.strictObject({ password: current, new_password: password });
export const changeEmailBody = z.strictObject({ password: current, email: text });
export const tokenBody = z.strictObject({ token });
export const passwordBody = z.strictObject({ password: current });

/** The same whatever happened: only the mail says. */
export const acceptedJson = z.strictObject({ status: z.literal('look-into-your-mail') });
export const accepted = { status: 'look-into-your-mail' } as const;

export const sessionJson = z.strictObject({
  session_token: z.string().describe('Authorization: Bearer, for the account API alone'),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('seconds without use'),
  user_name: z.string(),
});

export const halfJson = z.strictObject({
  second_step: z.string().describe('to be sent back with the second factor'),
  expires_in: z.int().describe('seconds'),
  methods: z.array(z.strictObject({ method: z.string(), challenge: z.unknown().optional() })),
});

export const chartJson = z.strictObject({
  patient: z.string().describe('logical id'),
  relationship: z.enum(['self', 'guardian']),
  linked_at: z.iso.datetime(),
});

export const roles = ['patient', 'practitioner', 'administrator'] as const;
export const statuses = ['unverified', 'active', 'closed'] as const;

export const accountJson = z.strictObject({
  account_id: z.string(),
  user_name: z.string(),
  email: z.string(),
  status: z.enum(statuses),
  role: z.enum(roles),
  fhir_user: z.string().nullable().describe('the own record, such as Practitioner/1'),
  charts: z.array(chartJson),
  created_at: z.iso.datetime(),
});

export const verifiedJson = z.strictObject({ account_id: z.string(), user_name: z.string() });

export const ownSessionJson = z.strictObject({
  session_id: z.string(),
  is_current: z.boolean(),
  user_agent: z.string(),
  amr: z.array(z.string()),
  signed_in_at: z.iso.datetime(),
  seen_at: z.iso.datetime(),
});
export const ownSessionListJson = z.strictObject({ sessions: z.array(ownSessionJson) });
export const endedJson = z.strictObject({ sessions_ended: z.int() });

const fhirId = /^[A-Za-z0-9.-]{1,64}$/;

export const newAccountBody = z.strictObject({
  role: z.enum(roles),
  user_name: text,
  email: text,
  fhir_user: z
    .string()
    .regex(/^(Patient|RelatedPerson|Practitioner|Person)\/[A-Za-z0-9.-]{1,64}$/)
    .optional(),
  charts: z
    .array(z.strictObject({ patient: z.string().regex(fhirId), relationship: z.enum(['self', 'guardian']) }))
    .max(50)
    .optional(),
});

export const listAccountsQuery = z.strictObject({
  role: z.enum(roles).optional(),
  status: z.enum(statuses).optional(),
  name: z.string().max(254).optional().describe('the user name or the e-mail address'),
});
export const accountListJson = z.strictObject({ accounts: z.array(accountJson) });

export const mailJson = z.strictObject({
  mail_id: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string().nullable().describe('null once it was sent'),
  created_at: z.iso.datetime(),
  sent_at: z.iso.datetime().nullable(),
});
export const mailboxJson = z.strictObject({ messages: z.array(mailJson) });
