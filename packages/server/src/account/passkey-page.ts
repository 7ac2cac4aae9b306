import { endpoint } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, parameter } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { html } from '../pages/html.ts';
import { seeOther } from '../pages/page.ts';
import { passkeyScript } from '../pages/passkey-script.ts';
import type { Passkey } from '../store/factor-ports.ts';
import { codesToKeep, ownPage, passkeyForm, type Showing, type Shown, told } from './factor-page.ts';
import { ownerOf, requireFreshOwner, requireOwnerInBrowser } from './owner.ts';
import { passkeyCreationOptions, registerPasskey } from './passkey-registration.ts';
import { passkeyRequestOptions, usePasskey } from './passkey-sign-in.ts';
import { removePasskey } from './remove-passkey.ts';
import { typedCode } from './second-factors.ts';
import { startSession } from './session.ts';

/** `{issuer}/passkey.js` */
export const passkeyScriptFile = endpoint('passkey.js', [], () => ({
  status: 200,
  headers: { 'cache-control': 'public, max-age=3600' },
  body: passkeyScript,
}));

/** `{issuer}/passkey`: signs in by a passkey, without a name. With `request`, on the way to an app. */
export const passkeySignInPage = ownPage({
  name: 'passkey',
  place: 'passkey',
  steps: [],
  show: async (x, showing) => ({
    title: 'Sign in with a passkey',
    usesPasskeys: true,
    content: html`${showing.fault}
${passkeyForm(showing, {
  id: 'passkey-sign-in',
  action: `${x.site.issuer}/passkey`,
  kind: 'get',
  options: await passkeyRequestOptions(x),
  label: 'Use my passkey',
  fields: html`<input type="hidden" name="request" value="${requestOf(x)}">`,
})}
<p><a id="password" href="${x.site.issuer}/sign-in${requestOf(x) === '' ? '' : `?request=${requestOf(x)}`}">Use my password instead</a></p>`,
  }),
  submit: async (x) => {
    const used = await usePasskey(x, parameter(x, 'passkey') ?? '');
    if (!used) throw new OAuthError('passkey-wrong');
    const { cookies } = await startSession(x, used.account, [used.amr, 'mfa']);
    const request = requestOf(x);
    const to = request === '' ? `${x.site.issuer}/account` : `${x.site.issuer}/continue?request=${request}`;
    return seeOther(to, { 'set-cookie': cookies });
  },
});

/** The secret of the authorization request that the browser is on the way with; empty where it is on none. */
function requestOf(x: Exchange): string {
  const request = parameter(x, 'request') ?? new URLSearchParams(x.request.query).get('request') ?? '';
  return /^[\w-]{43}$/.test(request) ? request : '';
}

/** `{issuer}/account/passkeys`: lists, adds, renames and removes passkeys. */
export const passkeysPage = ownPage({
  name: 'account/passkeys',
  place: 'account/passkeys',
  steps: [requireOwnerInBrowser, requireFreshOwner],
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
${showing.fault}
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
  return told(x, 'The passkey is added', html`<p>It opens your account from now on.</p>${codesToKeep(recoveryCodes)}`);
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
  return told(
    x,
    'The passkey is removed',
    html`<p>It no longer opens your account. Remove it on your device as well.</p>`,
  );
}
