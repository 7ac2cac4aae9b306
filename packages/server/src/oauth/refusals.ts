import { accessesRefusals } from './refusals/accesses.ts';
import { accountRefusals } from './refusals/account.ts';
import { adminRefusals } from './refusals/admin.ts';
import { approvalRefusals } from './refusals/approval.ts';
import { authorizationRefusals } from './refusals/authorization.ts';
import { authorizeRefusals } from './refusals/authorize.ts';
import { chartClaimRefusals } from './refusals/chart-claim.ts';
import { clientRefusals } from './refusals/client.ts';
import { grantRefusals } from './refusals/grant.ts';
import { launchRefusals } from './refusals/launch.ts';
import { openidRefusals } from './refusals/openid.ts';
import { passwordRefusals } from './refusals/password.ts';
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
  ...authorizationRefusals,
  ...grantRefusals,
  ...passwordRefusals,
  ...clientRefusals,
  ...scopeRefusals,
  ...launchRefusals,
  ...openidRefusals,
  ...registrationRefusals,
  ...approvalRefusals,
  ...adminRefusals,
  ...accountRefusals,
  ...accessesRefusals,
  ...secondFactorRefusals,
  ...chartClaimRefusals,
};

export type RefusalCode = keyof typeof refusals;
