import { isResourceId, isResourceType } from '@chartgate/fhir';
import { z } from 'zod';

const id = z.string().refine(isResourceId, 'must be the logical id of a resource');
const text = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters');

/** A relative reference to a resource of a known type. The patient and the encounter of the launch have members of their own. */
const reference = text(200).refine((value) => {
  const [type = '', logicalId = '', ...rest] = value.split('/');
  return isResourceType(type) && isResourceId(logicalId) && rest.length === 0;
}, 'must be a relative reference such as ImagingStudy/123');

/** @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#fhircontext */
const contextItem = z
  .strictObject({
    reference: reference.optional(),
    canonical: text(1000).optional(),
    identifier: z.record(text(100), z.unknown()).optional(),
    type: text(100).refine(isResourceType, 'must be a resource type of R4').optional(),
    role: text(1000).optional(),
  })
  .refine(
    ({ reference: at, canonical, identifier }) => (at ?? canonical ?? identifier) !== undefined,
    'must have reference, canonical or identifier',
  )
  .refine(
    ({ reference: at, role }) => role !== undefined || !/^(Patient|Encounter)\//.test(at ?? ''),
    'must not name a Patient or an Encounter without a role: patient and encounter are members of their own',
  );

/** What `POST {base}/apis/{site}/launch` takes. The wire's spelling. */
export const launchBody = z.strictObject({
  client_id: text(100),
  account: text(200).optional().describe('who launches, by account_id or user name; with an admin token only'),
  patient: id.optional(),
  encounter: id.optional(),
  intent: text(500).optional(),
  need_patient_banner: z.boolean().optional(),
  fhirContext: z.array(contextItem).max(20).optional(),
});

export type LaunchBody = z.infer<typeof launchBody>;

/** What it answers. */
export const launchJson = z.strictObject({
  launch: z.string().describe('good for one use, by this client and user'),
  launch_url: z.string().describe('where the browser goes'),
  expires_in: z.int().describe('seconds'),
});
