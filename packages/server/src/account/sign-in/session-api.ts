import type { Exchange, GateAnswer } from '../../oauth/exchange.ts';
import { parameter } from '../../oauth/exchange.ts';
import type { Account } from '../../store/account-ports.ts';
import { api, done, json, member } from '../api.ts';
import { halfJson, passwordBody, secondStepBody, sessionJson, signInBody } from '../schema.ts';
import { renewSession, startSession } from '../session.ts';
import { requirePassword, requireSessionToken, signedInAt } from '../signed-in.ts';
import { type HalfSignedIn, secondFactors } from './second-factor.ts';
import { findHalf, signInByPassword, signInBySecondFactor, stepLifetime } from './sign-in.ts';

/**
 * `POST /account/sessions`: signs in, 201 with a session token and the session's cookies; 202 where a second factor is
 * asked for.
 */
export const signInApi = api({
  name: 'account/sessions',
  method: 'POST',
  body: signInBody,
  answer: async (x) => {
    const outcome = await signInByPassword(x, member(x, 'username'), member(x, 'password'));
    return outcome.kind === 'half' ? halfAnswer(outcome.secret, outcome.half) : signedIn(x, outcome);
  },
});

async function halfAnswer(secret: string, half: HalfSignedIn): Promise<GateAnswer> {
  const factors = await secondFactors(half.x, half.account);
  const methods = factors.map(async (factor) => ({
    method: factor.method,
    ...(factor.challenge ? { challenge: await factor.challenge(half) } : {}),
  }));
  return json(202, halfJson, {
    second_step: secret,
    expires_in: stepLifetime / 1000,
    methods: await Promise.all(methods),
  });
}

/** `POST /account/sessions/second-step`: 201 as above. */
export const secondStepApi = api({
  name: 'account/sessions/second-step',
  method: 'POST',
  body: secondStepBody,
  answer: async (x) => {
    const found = await findHalf(x, parameter(x, 'second_step'));
    return signedIn(x, await signInBySecondFactor(found, parameter(x, 'method'), x.form ?? new Map()));
  },
});

async function signedIn(
  x: Exchange,
  { account, amr }: { readonly account: Account; readonly amr: readonly string[] },
): Promise<GateAnswer> {
  const { token, cookies } = await startSession(x, account, amr);
  // a page of another origin gets no browser signed in
  const isForeign =
    x.request.headers.origin !== undefined && x.request.headers.origin !== new URL(x.site.issuer).origin;
  return sessionAnswer(x, token, { account, cookies: isForeign ? [] : cookies });
}

function sessionAnswer(
  x: Exchange,
  token: string,
  { account, cookies = [] }: { readonly account: Account; readonly cookies?: readonly string[] },
): GateAnswer {
  const body = {
    session_token: token,
    token_type: 'Bearer',
    expires_in: x.settings.session_lifetime,
    user_name: account.userName,
  } as const;
  return json(201, sessionJson, body, cookies.length > 0 ? { 'set-cookie': cookies } : {});
}

/** `POST /account/sessions/current`: the password once more; the session goes on under a new token. */
export const stepUpApi = api({
  name: 'account/sessions/current',
  method: 'POST',
  body: passwordBody,
  steps: [requireSessionToken, requirePassword],
  answer: async (x) => {
    const here = signedInAt(x);
    const renewed = await renewSession(x, here, [...new Set([...here.session.amr, 'pwd'])]);
    if (!renewed) throw new TypeError('The session died while it was renewed');
    return sessionAnswer(x, renewed.token, { account: here.account });
  },
});

/** `DELETE /account/sessions/current`: signs out. */
export const signOutApi = api({
  name: 'account/sessions/current',
  method: 'DELETE',
  steps: [requireSessionToken],
  answer: async (x) => {
    const { account, session } = signedInAt(x);
    await x.site.store.sessions.end(account.accountId, session.sessionId);
    return done;
  },
});
