import { type Exchange, type GateAnswer, parameter } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { generalFault } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import { passkeyScript } from '../../pages/passkey-script.ts';
import type { Passkey } from '../../store/factor-ports.ts';
import { api } from '../api.ts';
import { backToAccount, formPage, type Showing, type Shown, tell } from '../form-page.ts';
import { ownerOf, requireFreshSignIn, requireSignIn } from '../signed-in.ts';
import { factorFaults, passkeyForm } from './factor-form.ts';
import { passkeyCreationOptions, registerPasskey } from './passkey-registration.ts';
import { codesToKeep } from './recovery-words.ts';
import { removePasskey } from './remove-passkey.ts';
import { typedCode } from './second-factors.ts';

/** `{issuer}/passkey.js` */
export const passkeyScriptFile = api({
  name: 'passkey.js',
  method: 'GET',
  answer: () => ({ status: 200, headers: { 'cache-control': 'public, max-age=3600' }, body: passkeyScript }),
});

/** `{issuer}/account/passkeys`: lists, adds, renames and removes passkeys. */
export const passkeysPage = formPage({
  name: 'account/passkeys',
  place: 'account/passkeys',
  steps: [requireSignIn, requireFreshSignIn],
  faults: { ...factorFaults, 'passkey-wrong': null, 'passkey-limit': null, 'passkey-unknown': null },
  show: showPasskeys,
  submit: async (x) => {
    const action = parameter(x, 'action');
    if (action === 'rename') return rename(x);
    return action === 'remove' ? remove(x) : add(x);
  },
});

async function showPasskeys(x: Exchange, showing: Showing): Promise<Shown> {
  const account = ownerOf(x);
  const passkeys = await x.site.store.passkeys.list(account.accountId);
  const list = passkeys.map((passkey) => passkeyRow(x, showing, passkey));
  return {
    title: 'Your passkeys',
    usesPasskeys: true,
    content: html`<p>A passkey opens your account with your fingerprint, your face or the lock of your device, without a password.</p>
${generalFault(showing.fault)}
${list.length === 0 ? html`<p>You have none yet.</p>` : list}
<h2>Add a passkey</h2>
${passkeyForm(showing, {
  id: 'add-passkey',
  action: `${x.site.issuer}/account/passkeys`,
  kind: 'create',
  options: await passkeyCreationOptions(x, account),
  label: 'Add a passkey',
  fields: html`<label for="name">What do you call it?</label>
<input id="name" name="name" maxlength="60" value="My device" required>`,
})}`,
  };
}

function passkeyRow(x: Exchange, { token }: Showing, { passkeyId, name, createdAt }: Passkey) {
  const action = `${x.site.issuer}/account/passkeys`;
  return html`<fieldset><legend>${name}</legend>
<p class="quiet">Added on ${new Date(createdAt).toISOString().slice(0, 10)}</p>
<form method="post" action="${action}">
${token}<input type="hidden" name="action" value="rename"><input type="hidden" name="id" value="${passkeyId}">
<label for="name-${passkeyId}">Another name</label>
<input id="name-${passkeyId}" name="name" maxlength="60" value="${name}" required>
<div class="actions"><button class="second" type="submit">Rename</button></div>
</form>
<form method="post" action="${action}">
${token}<input type="hidden" name="action" value="remove"><input type="hidden" name="id" value="${passkeyId}">
<label for="code-${passkeyId}">A recovery code, or a code of your authenticator app</label>
<input id="code-${passkeyId}" name="code" autocomplete="one-time-code" required>
<div class="actions"><button class="second" type="submit">Remove</button></div>
</form></fieldset>`;
}

/** At most 60 characters, none of which moves others around. */
function nameIn(x: Exchange): string {
  const name = (parameter(x, 'name') ?? '').replace(/\p{C}/gu, '').trim().slice(0, 60);
  return name === '' ? 'My passkey' : name;
}

async function add(x: Exchange): Promise<GateAnswer> {
  const response = parsed(parameter(x, 'passkey') ?? '');
  const { recoveryCodes } = await registerPasskey(x, ownerOf(x), { name: nameIn(x), response });
  return tell(
    'The passkey is added',
    html`<p>It opens your account from now on.</p>${codesToKeep(recoveryCodes)}${backToAccount(x)}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function rename(x: Exchange): Promise<GateAnswer> {
  const isRenamed = await x.site.store.passkeys.rename(ownerOf(x).accountId, parameter(x, 'id') ?? '', nameIn(x));
  if (!isRenamed) throw new OAuthError('passkey-unknown');
  return seeOther(`${x.site.issuer}/account/passkeys`);
}

async function remove(x: Exchange): Promise<GateAnswer> {
  await removePasskey(x, parameter(x, 'id') ?? '', typedCode(parameter(x, 'code')));
  return tell(
    'The passkey is removed',
    html`<p>It no longer opens your account. Remove it on your device as well.</p>${backToAccount(x)}`,
  );
}
