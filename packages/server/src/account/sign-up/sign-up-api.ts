import { parameter } from '../../oauth/exchange.ts';
import { api, json, member, strangers } from '../api.ts';
import { accepted, acceptedJson, signUpBody, verifiedJson, verifyBody } from '../schema.ts';
import { signUp, verify } from './sign-up.ts';

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
