import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a request about the user: at the userinfo endpoint, or to sign out. */
export const openidRefusals = {
  'bearer-twice': badRequest(
    'invalid_request',
    'The access token was sent twice, in the header and in the form.',
    'the access token in one place',
    'Send it as Authorization: Bearer {access_token}, and leave it out of the body.',
  ),
  'openid-scope': {
    status: 403,
    error: 'insufficient_scope',
    description: 'The access token does not have the scope openid, which tells who the user is.',
    expected: 'an access token that a user gave, with the scope openid',
    advice:
      'Ask for openid at the authorization endpoint, with fhirUser, profile or email for more than an identifier.',
  },
  'logout-client': badRequest(
    'invalid_request',
    'The app that asks to sign you out is not the one you signed in to.',
    'a client_id that the id_token_hint was made for',
    'Sign out in the app itself. Its developer can leave client_id out: the id_token_hint says which client it is.',
  ),
  'logout-redirect': badRequest(
    'invalid_request',
    'The app asked to send you to an address that it has not registered.',
    'a post_logout_redirect_uri of the client, character by character, and an id_token_hint or client_id to know it by',
    'Register the address among post_logout_redirect_uris.',
  ),
} satisfies Record<string, Refusal>;
