import { adminRefusals } from './refusals/admin.ts';
import { approvalRefusals } from './refusals/approval.ts';
import { authorizeRefusals } from './refusals/authorize.ts';
import { clientRefusals } from './refusals/client.ts';
import { registrationRefusals } from './refusals/registration.ts';
import { requestRefusals } from './refusals/request.ts';
import { scopeRefusals } from './refusals/scope.ts';

/**
 * Every refusal of the gate, in one place: `docs/errors.md` is made from this table. Nothing here depends on the
 * request, so nothing of the request can leak through it.
 */
export const refusals = {
  ...requestRefusals,
  ...authorizeRefusals,
  ...clientRefusals,
  ...scopeRefusals,
  ...registrationRefusals,
  ...approvalRefusals,
  ...adminRefusals,
};

export type RefusalCode = keyof typeof refusals;
