import { actorOf } from '../../oauth/audited.ts';
import { parameter } from '../../oauth/exchange.ts';
import { iso, toJson } from '../account-json.ts';
import { api, done, json, member, strangers } from '../api.ts';
import { proofBody } from '../factors/factor-json.ts';
import { changePassword } from '../password/password-reset.ts';
import {
  accepted,
  acceptedJson,
  accountJson,
  changeEmailBody,
  changePasswordBody,
  endedJson,
  ownSessionListJson,
  passwordBody,
  tokenBody,
} from '../schema.ts';
import { requireFreshSignIn, requirePassword, requireSessionToken, signedInAt } from '../signed-in.ts';
import { askForEmail, confirmEmail } from './change-email.ts';
import { closeAccount } from './close.ts';
import { endOne, endOthers } from './own-sessions.ts';

/** `GET /account/me` */
export const showOwnAccount = api({
  name: 'account/me',
  method: 'GET',
  steps: [requireSessionToken],
  answer: async (x) => json(200, accountJson, await toJson(x.site, signedInAt(x).account)),
});

/** `POST /account/me/password`: all but this session is dead. */
export const changeOwnPassword = api({
  name: 'account/me/password',
  method: 'POST',
  body: changePasswordBody,
  steps: [requireSessionToken, requirePassword],
  answer: async (x) => {
    await changePassword(x, signedInAt(x), member(x, 'new_password'));
    return done;
  },
});

/** `POST /account/me/email`: 202, whether the new address is known or not. */
export const changeOwnEmail = api({
  name: 'account/me/email',
  method: 'POST',
  body: changeEmailBody,
  steps: [requireSessionToken, requirePassword],
  answer: async (x) => {
    await askForEmail(x, signedInAt(x).account, member(x, 'email'));
    return json(202, acceptedJson, accepted);
  },
});

/** `POST /account/me/close` */
export const closeOwnAccount = api({
  name: 'account/me/close',
  method: 'POST',
  body: passwordBody,
  steps: [requireSessionToken, requirePassword],
  answer: async (x) => {
    await closeAccount(x, signedInAt(x).account, actorOf(x));
    return done;
  },
});

/** `GET /account/me/sessions` */
export const listOwnSessions = api({
  name: 'account/me/sessions',
  method: 'GET',
  steps: [requireSessionToken],
  answer: async (x) => {
    const { account, session: here } = signedInAt(x);
    const all = await x.site.store.sessions.list(account.accountId, x.now);
    const sessions = all.map(({ sessionId, userAgent, amr, authTime, seenAt }) => ({
      session_id: sessionId,
      is_current: sessionId === here.sessionId,
      user_agent: userAgent,
      amr: [...amr],
      signed_in_at: iso(authTime),
      seen_at: iso(seenAt),
    }));
    return json(200, ownSessionListJson, { sessions });
  },
});

/** `DELETE /account/me/sessions`: signs out everywhere else, and takes back what apps were allowed. */
export const endOtherSessions = api({
  name: 'account/me/sessions',
  method: 'DELETE',
  body: proofBody,
  steps: [requireSessionToken, requireFreshSignIn],
  answer: async (x) => json(200, endedJson, { sessions_ended: await endOthers(x, signedInAt(x)) }),
});

/** `DELETE /account/me/sessions/{id}` */
export const endOwnSession = api({
  name: 'account/me/sessions',
  method: 'DELETE',
  body: proofBody,
  steps: [requireSessionToken, requireFreshSignIn],
  answer: async (x) => {
    await endOne(x, signedInAt(x), x.request.parameters.session ?? '');
    return done;
  },
});

/** `POST /account/email/confirm` */
export const confirmEmailApi = api({
  name: 'account/email/confirm',
  method: 'POST',
  body: tokenBody,
  steps: strangers,
  answer: async (x) => {
    await confirmEmail(x, parameter(x, 'token'));
    return done;
  },
});
