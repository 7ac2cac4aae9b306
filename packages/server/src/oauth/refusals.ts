import { adminRefusals } from './refusals/admin.ts';
import { authorizeRefusals } from './refusals/authorize.ts';
import { chartClaimRefusals } from './refusals/chart-claim.ts';
import { clientRefusals } from './refusals/client.ts';
import { registrationRefusals } from './refusals/registration.ts';
import { requestRefusals } from './refusals/request.ts';
import { scopeRefusals } from './refusals/scope.ts';
import { secondFactorRefusals } from './refusals/second-factor.ts';

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
  ...adminRefusals,
  ...secondFactorRefusals,
  ...chartClaimRefusals,
};

export type RefusalCode = keyof typeof refusals;
