import type { Exchange, GateAnswer } from '../../oauth/exchange.ts';
import { parameter } from '../../oauth/exchange.ts';
import type { Account } from '../../store/account-ports.ts';
import { api, done, json, member } from '../api.ts';
import { proofBody } from '../factors/factor-json.ts';
import { passkeyRequestOptions } from '../factors/passkey-sign-in.ts';
import { secondFactorsOf } from '../factors/second-factors.ts';
import { halfJson, secondStepBody, sessionJson, signInBody } from '../schema.ts';
import { amrWith, endSession, renewSession, startSession } from '../session.ts';
import { provenBy, requireProof, requireSessionToken, signedInAt } from '../signed-in.ts';
import { type Proven, signInByPassword, signInBySecondFactor, stepLifetime } from './sign-in.ts';

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
    return outcome.kind === 'half' ? halfAnswer(x, outcome.secret, outcome.account) : signedIn(x, outcome);
  },
});

async function halfAnswer(x: Exchange, secret: string, account: Account): Promise<GateAnswer> {
  const kinds = await secondFactorsOf(x, account);
  const methods = kinds.map(async (method) =>
    method === 'passkey' ? { method, challenge: await passkeyRequestOptions(x, account) } : { method },
  );
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
  answer: async (x) => signedIn(x, await signInBySecondFactor(x, parameter(x, 'second_step'))),
});

async function signedIn(x: Exchange, { account, amr }: Proven): Promise<GateAnswer> {
  const { token, cookies } = await startSession(x, account, amr);
  // a page of another origin gets no browser signed in
  const isForeign =
    x.request.headers.origin !== undefined && x.request.headers.origin !== new URL(x.site.issuer).origin;
  return sessionAnswer(x, token, { account, cookies: isForeign ? [] : cookies });
}

/** 201 with a session's token. @param cookies that sign a browser in as well */
export function sessionAnswer(
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

/** `POST /account/sessions/current`: the password once more, or a second factor; the session goes on under a new token. */
export const stepUpApi = api({
  name: 'account/sessions/current',
  method: 'POST',
  body: proofBody,
  steps: [requireSessionToken, requireProof],
  answer: async (x) => {
    const here = signedInAt(x);
    const renewed = await renewSession(x, here, amrWith(here.session.amr, provenBy(x)));
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
    await endSession(x, signedInAt(x));
    return done;
  },
});
