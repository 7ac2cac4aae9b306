import { type Exchange, type GateAnswer, parameter } from '../../oauth/exchange.ts';
import { generalFault } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { backToAccount, formPage, type Showing, type Shown, tell } from '../form-page.ts';
import { ownerOf, requireFreshSignIn, requireSignIn } from '../signed-in.ts';
import {
  beginAuthenticator,
  confirmAuthenticator,
  removeAuthenticator,
  unfinishedAuthenticator,
} from './authenticator.ts';
import { factorFaults } from './factor-form.ts';
import { qrCode } from './qr-code.ts';
import { codesToKeep } from './recovery-words.ts';
import { typedCode } from './second-factors.ts';

/** `{issuer}/account/authenticator`: sets up the authenticator app, or removes it. */
export const authenticatorPage = formPage({
  name: 'account/authenticator',
  place: 'account/authenticator',
  steps: [requireSignIn, requireFreshSignIn],
  faults: { ...factorFaults, 'totp-there': null, 'totp-unknown': null },
  show: async (x, showing) => {
    const totp = await x.site.store.totp.find(ownerOf(x).accountId);
    return totp?.confirmedAt === undefined ? setUp(x, showing) : removal(x, showing);
  },
  submit: async (x) => (parameter(x, 'remove') === 'yes' ? remove(x) : confirm(x)),
});

/** A new secret each time, but for a wrong code: then the one that the app has by now. */
async function setUp(x: Exchange, { token, fault }: Showing): Promise<Shown> {
  const account = ownerOf(x);
  const known = fault && (await unfinishedAuthenticator(x, account));
  const { uri, secret } = known ?? (await beginAuthenticator(x, account));
  return {
    title: 'Add an authenticator app',
    content: html`<p>With an app such as Aegis, 2FAS or Google Authenticator on your phone, nobody gets into your account by your password alone.</p>
${generalFault(fault)}
<p>1. Scan this with the app:</p>
${qrCode(uri, 'QR code for the authenticator app')}
<p>Or type this key into it: <code id="secret">${secret.replace(/.{4}(?=.)/g, '$& ')}</code></p>
<p><a id="otpauth" href="${uri}">Open the app on this device</a></p>
<form method="post" action="${x.site.issuer}/account/authenticator">
${token}
<label for="code">2. Write the six digits that the app shows</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required>
<div class="actions"><button id="submit" type="submit">Add the app</button></div>
</form>`,
  };
}

async function removal(x: Exchange, { token, fault }: Showing): Promise<Shown> {
  return {
    title: 'Your authenticator app',
    content: html`<p>Signing in asks for a code of your authenticator app. To use another app, remove this one first.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/account/authenticator">
${token}<input type="hidden" name="remove" value="yes">
<label for="code">A code of the app, or a recovery code</label>
<input id="code" name="code" autocomplete="one-time-code" required>
<div class="actions"><button id="submit" class="second" type="submit">Remove the app</button></div>
</form>`,
  };
}

async function confirm(x: Exchange): Promise<GateAnswer> {
  const codes = await confirmAuthenticator(x, ownerOf(x), parameter(x, 'code') ?? '');
  return tell(
    'The authenticator app is added',
    html`<p>From now on, signing in asks for a code of it.</p>${codesToKeep(codes)}${backToAccount(x)}`,
  );
}

async function remove(x: Exchange): Promise<GateAnswer> {
  await removeAuthenticator(x, ownerOf(x), typedCode(parameter(x, 'code')));
  return tell(
    'The authenticator app is removed',
    html`<p>Signing in no longer asks for a code of it.</p>${backToAccount(x)}`,
  );
}
