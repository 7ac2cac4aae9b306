import { type Exchange, parameter } from '../../oauth/exchange.ts';
import { limitFailures } from '../../oauth/form.ts';
import { field, generalFault, hidden, submit } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { formPage, given, type Showing, type Shown, tell } from '../form-page.ts';
import { askForReset, findReset, reset } from './password-reset.ts';

/** `{issuer}/forgot`: a mail with a link, where there is such an account. */
export const forgotPage = formPage({
  name: 'forgot',
  steps: [limitFailures],
  show: (x, { token, fault }) => ({
    title: 'Forgotten password',
    content: html`<p>We send a mail by which you choose a new password.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/forgot">
${token}
${field({ id: 'username', label: 'User name or e-mail address', autocomplete: 'username', value: parameter(x, 'username') })}
${submit('Send the mail')}
</form>
<p><a href="${x.site.issuer}/sign-in">Back to sign in</a></p>`,
  }),
  submit: async (x) => {
    await askForReset(x, parameter(x, 'username') ?? '');
    return tell(
      'Look into your mail',
      html`<p>If there is such an account, a mail is on its way to its address. The link in it is good for 30 minutes.</p>
<p><a href="${x.site.issuer}/sign-in">Back to sign in</a></p>`,
    );
  },
});

/** `{issuer}/reset?token=…`: a new password, or an account's first one. */
export const resetPage = formPage({
  name: 'reset',
  steps: [limitFailures],
  faults: { 'password-rules': 'password' },
  show: showReset,
  submit: async (x) => {
    await reset(x, given(x, 'token'), parameter(x, 'password') ?? '');
    return tell(
      'Your password is set',
      html`<p>Whoever was signed in before is signed out, and apps have to ask you anew.</p>
<p><a id="sign-in" href="${x.site.issuer}/sign-in">Sign in</a></p>`,
    );
  },
});

async function showReset(x: Exchange, { token, fault }: Showing): Promise<Shown> {
  const mailed = given(x, 'token');
  const { userName } = await findReset(x, mailed);
  return {
    title: 'Choose a password',
    content: html`<p>For the account <strong id="name">${userName}</strong>.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/reset">
${token}${hidden('token', mailed)}
<input type="text" name="username" value="${userName}" autocomplete="username" readonly hidden>
${field({ id: 'password', label: 'New password', autocomplete: 'new-password', type: 'password', hint: 'At least 10 characters. Three or four words are good.', fault })}
${submit('Set the password')}
</form>`,
  };
}
