import { parameter } from '../../oauth/exchange.ts';
import { api, done, json, member, strangers } from '../api.ts';
import { accepted, acceptedJson, forgotBody, resetBody } from '../schema.ts';
import { askForReset, reset } from './password-reset.ts';

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
