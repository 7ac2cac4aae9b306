import { z } from 'zod';

const days = 24 * 3600;

/** A lifetime in seconds, within what makes sense. */
const seconds = (least: number, most: number) => z.int().min(least).max(most);

/**
 * What an administrator may set of a site, with the defaults. `GET` and `PATCH {base}/apis/{site}/admin/settings` speak
 * it; a name that is not here is refused.
 */
export const siteSettings = z.strictObject({
  compatibility: z
    .enum(['standard', 'openemr'])
    .default('standard')
    .describe('whose shapes answers have where OpenEMR differs from the standards'),
  access_token_lifetime: seconds(60, 24 * 3600)
    .default(3600)
    .describe('of tokens that a user gave, seconds'),
  backend_token_lifetime: seconds(30, 3600)
    .default(300)
    .describe('of tokens that a client got for itself, seconds; SMART: at most 300'),
  code_lifetime: seconds(10, 600).default(60).describe('of authorization codes, seconds'),
  launch_lifetime: seconds(10, 3600).default(300).describe('of launch values, seconds'),
  refresh_token_lifetime: seconds(3600, 3650 * days)
    .default(100 * days)
    .describe('from one use to the next, seconds'),
  session_lifetime: seconds(300, 90 * days)
    .default(8 * 3600)
    .describe('of a sign-in without use, seconds'),
  signing_key_lifetime: seconds(days, 3650 * days)
    .default(90 * days)
    .describe('of a key that signs id_tokens, until the next one takes over, seconds'),
  registration: z
    .enum(['open', 'token', 'closed'])
    .default('open')
    .describe('who may register a client: anybody, holders of an initial access token, nobody'),
  four_eyes: z
    .enum(['off', 'system'])
    .default('off')
    .describe('whether two different administrators must approve: never, or for system/ scopes'),
  sign_up: z.enum(['open', 'closed']).default('open').describe('whether patients may make accounts by themselves'),
  password_grant: z
    .enum(['off', 'users', 'patient', 'both'])
    .default('off')
    .describe('for which user_role the password grant works'),
  audit_reads: z
    .enum(['soon', 'before-answer'])
    .default('soon')
    .describe('when reads and searches are in the audit: within 50 ms of the answer, or before it'),
  audit_retention: z
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('how long the audit is kept, days, rounded up to whole months; 0: for ever'),
});

/** The settings of a site as they are in force. */
export type SiteSettings = z.infer<typeof siteSettings>;

/** What is stored, completed by the defaults. A stored value that this version does not take is as if it were not there. */
export function readSettings(stored: Readonly<Record<string, unknown>>, defaults: Partial<SiteSettings>): SiteSettings {
  const given: Readonly<Record<string, unknown>> = { ...defaults, ...stored };
  const usable = Object.entries(siteSettings.shape).filter(([name, schema]) => schema.safeParse(given[name]).success);
  return siteSettings.parse(Object.fromEntries(usable.map(([name]) => [name, given[name]])));
}

/** A change of settings: any of them, null for the default. */
export const settingsChange = z.strictObject(
  Object.fromEntries(Object.entries(siteSettings.shape).map(([name, schema]) => [name, schema.unwrap().nullish()])),
);
