import { parameter } from '../oauth/exchange.ts';
import { api, done, json, member, strangers } from './api.ts';
import { confirmEmail } from './own/change-email.ts';
import { askForReset, reset } from './password/password-reset.ts';
import {
  accepted,
  acceptedJson,
  forgotBody,
  resetBody,
  signUpBody,
  tokenBody,
  verifiedJson,
  verifyBody,
} from './schema.ts';
import { signUp, verify } from './sign-up/sign-up.ts';

/** `POST /account`: a patient makes an account. 202 whether the address is known or not. */
export const signUpApi = api({
  name: 'account',
  method: 'POST',
  body: signUpBody,
  steps: strangers,
  answer: async (x) => {
    const [userName, email, password] = [member(x, 'user_name'), member(x, 'email'), member(x, 'password')];
    await signUp(x, { userName, email, password });
    return json(202, acceptedJson, accepted);
  },
});

/** `POST /account/verify`: the mailed token, and the password that was chosen. */
export const verifyApi = api({
  name: 'account/verify',
  method: 'POST',
  body: verifyBody,
  steps: strangers,
  answer: async (x) => {
    const [token, password, userName] = [parameter(x, 'token'), member(x, 'password'), parameter(x, 'user_name')];
    const account = await verify(x, { token, password, userName });
    return json(200, verifiedJson, { account_id: account.accountId, user_name: account.userName });
  },
});

/** `POST /account/password-reset`: 202 whether there is such an account or not. */
export const forgotApi = api({
  name: 'account/password-reset',
  method: 'POST',
  body: forgotBody,
  steps: strangers,
  answer: async (x) => {
    await askForReset(x, member(x, 'username'));
    return json(202, acceptedJson, accepted);
  },
});

/** `POST /account/password-reset/confirm`: it signs nobody in. */
export const resetApi = api({
  name: 'account/password-reset/confirm',
  method: 'POST',
  body: resetBody,
  steps: strangers,
  answer: async (x) => {
    await reset(x, parameter(x, 'token'), member(x, 'password'));
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
