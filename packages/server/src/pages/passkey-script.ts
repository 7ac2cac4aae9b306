import { Script } from './page.ts';

/**
 * What pages with `form[data-passkey]` run: the browser is asked for a passkey (`get`) or to make one (`create`) by the
 * options in `data-options`, and the form is sent with the answer in its field `passkey`. Without scripts the form is
 * sent without an answer, and the page says so.
 * @see https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
 */
export const passkeyScript = new Script(`'use strict';
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
const credentialOf = (credential) => ({ ...credential, id: bytesOf(credential.id) });

async function create(options) {
  const { id, rawId, type, response } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: options.excludeCredentials.map(credentialOf),
    },
  });
  return {
    id,
    rawId: textOf(rawId),
    type,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports ? response.getTransports() : [],
    },
  };
}

async function get(options) {
  const { id, rawId, type, response } = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: (options.allowCredentials || []).map(credentialOf),
    },
  });
  return {
    id,
    rawId: textOf(rawId),
    type,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  };
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const fault = form.querySelector('[role=alert]');
    fault.hidden = true;
    try {
      const options = JSON.parse(form.dataset.options);
      const answer = await (form.dataset.passkey === 'create' ? create(options) : get(options));
      form.elements.namedItem('passkey').value = JSON.stringify(answer);
      form.submit();
    } catch {
      fault.hidden = false;
    }
  });
}
`);
