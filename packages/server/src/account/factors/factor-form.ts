import type { Exchange } from '../../oauth/exchange.ts';
import { field, hidden } from '../../pages/form.ts';
import { type Html, html } from '../../pages/html.ts';
import type { Account } from '../../store/account-ports.ts';
import type { FormPage, Showing } from '../form-page.ts';
import { passkeyRequestOptions } from './passkey-sign-in.ts';
import { type FactorKind, secondFactorsOf } from './second-factors.ts';

/** What can be wrong with a second factor that a page asks for. */
export const factorFaults: NonNullable<FormPage['faults']> = {
  'second-factor-missing': null,
  'second-factor-wrong': null,
  'factor-tries': null,
};

const codes: Readonly<Record<Exclude<FactorKind, 'passkey'>, { readonly title: string; readonly hint: string }>> = {
  totp: { title: 'Authenticator app', hint: 'The six digits that the app shows.' },
  recovery_code: { title: 'Recovery code', hint: 'One of those that you kept. It is good once.' },
};

type Where = {
  readonly action: string;
  readonly showing: Showing;
  /** What the page has to know when it is sent. */
  readonly more?: Html | undefined;
};

/** A form for each second factor that the account has; `method` says which one was sent. */
export async function factorForms(x: Exchange, account: Account, where: Where) {
  const kinds = await secondFactorsOf(x, account);
  const forms = kinds.map((kind) => (kind === 'passkey' ? passkey(x, account, where) : codeForm(kind, where)));
  return { forms: await Promise.all(forms), usesPasskeys: kinds.includes('passkey') };
}

function codeForm(kind: Exclude<FactorKind, 'passkey'>, { action, showing, more }: Where): Html {
  const { title, hint } = codes[kind];
  return html`<form method="post" action="${action}" id="by-${kind}">
<h2>${title}</h2>
${showing.token}${more}${hidden('method', kind)}
${field({ id: kind, label: 'Code', autocomplete: kind === 'totp' ? 'one-time-code' : 'off', hint })}
<div class="actions"><button type="submit" id="submit-${kind}">Continue</button></div>
</form>`;
}

async function passkey(x: Exchange, account: Account, { action, showing, more }: Where): Promise<Html> {
  return html`<h2>Passkey</h2>
${passkeyForm(showing, {
  id: 'by-passkey',
  action,
  kind: 'get',
  options: await passkeyRequestOptions(x, account),
  label: 'Use my passkey',
  fields: html`${more}${hidden('method', 'passkey')}`,
})}`;
}

/** A form that is sent with a passkey's answer. */
export function passkeyForm(
  { token }: Showing,
  form: { id: string; action: string; kind: 'get' | 'create'; options: unknown; label: string; fields?: Html },
): Html {
  return html`<form method="post" id="${form.id}" action="${form.action}" data-passkey="${form.kind}" data-options="${JSON.stringify(form.options)}">
${token}${form.fields}<input type="hidden" name="passkey" value="">
<p class="fault" role="alert" hidden>This did not work. Try again, or use another way.</p>
<div class="actions"><button type="submit">${form.label}</button></div>
</form>
<noscript><p>Passkeys need JavaScript. Everything else works without it.</p></noscript>`;
}
