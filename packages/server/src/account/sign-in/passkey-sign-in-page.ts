import { parameter } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { generalFault, hidden } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { passkeyForm } from '../factors/factor-form.ts';
import { passkeyRequestOptions, usePasskey } from '../factors/passkey-sign-in.ts';
import { formPage, given } from '../form-page.ts';
import { findRequestIfAny, leadsToApp } from '../request-step.ts';
import { onward, welcomeBack } from './sign-in-page.ts';

/** `{issuer}/passkey`: signs in by a passkey, without a name. `request` and `to` as of the sign-in page. */
export const passkeySignInPage = formPage({
  name: 'passkey',
  steps: [findRequestIfAny],
  faults: { 'passkey-wrong': null },
  show: async (x, showing) => ({
    title: 'Sign in with a passkey',
    usesPasskeys: true,
    ...leadsToApp(x),
    content: html`${generalFault(showing.fault)}
${passkeyForm(showing, {
  id: 'passkey-sign-in',
  action: `${x.site.issuer}/passkey`,
  kind: 'get',
  options: await passkeyRequestOptions(x),
  label: 'Use my passkey',
  fields: html`${hidden('request', given(x, 'request'))}${hidden('to', given(x, 'to'))}`,
})}
<p><a id="password" href="${x.site.issuer}/sign-in${onward(x)}">Use my password instead</a></p>`,
  }),
  submit: async (x) => {
    const used = await usePasskey(x, parameter(x, 'passkey') ?? '');
    if (!used) throw new OAuthError('passkey-wrong');
    return welcomeBack(x, { account: used.account, amr: [used.amr, 'mfa'] });
  },
});
