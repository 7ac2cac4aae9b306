import { type Exchange, parameter } from '../../oauth/exchange.ts';
import { limitFailures } from '../../oauth/form.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { field, generalFault, hidden, submit } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { formPage, given, type Showing, type Shown, tell } from '../form-page.ts';
import { findRequestIfAny, withRequest } from '../request-step.ts';
import { welcomeBack } from '../sign-in/sign-in-page.ts';
import { findSignUp, signUp, verify } from './sign-up.ts';

/** `{issuer}/sign-up`: a patient makes an account. */
export const signUpPage = formPage({
  name: 'sign-up',
  steps: [limitFailures, findRequestIfAny],
  faults: { 'user-name': 'username', 'user-name-taken': 'username', email: 'email', 'password-rules': 'password' },
  show: (x, showing) => {
    if (x.settings.sign_up !== 'open') throw new OAuthError('sign-up-closed');
    return showSignUp(x, showing);
  },
  submit: async (x) => {
    const email = parameter(x, 'email') ?? '';
    await signUp(x, { userName: parameter(x, 'username') ?? '', email, password: parameter(x, 'password') ?? '' });
    return tell(
      'Look into your mail',
      html`<p>We sent a mail to <strong id="address">${email.trim()}</strong>. It says how to go on.</p>
<p class="quiet">It may take a few minutes. Look among unwanted mail too.</p>
<p><a href="${x.site.issuer}/sign-in${withRequest(x)}">Sign in once your address is confirmed</a></p>`,
    );
  },
});

function showSignUp(x: Exchange, { token, fault }: Showing): Shown {
  return {
    title: 'Make an account',
    content: html`${generalFault(fault)}
<form method="post" action="${x.site.issuer}/sign-up">
${token}${hidden('request', given(x, 'request'))}
${field({ id: 'username', label: 'User name', autocomplete: 'username', value: parameter(x, 'username'), hint: '3 to 64 letters, digits, dots or dashes', fault })}
${field({ id: 'email', label: 'E-mail address', autocomplete: 'email', type: 'email', value: parameter(x, 'email'), hint: 'We send a mail to it to make sure it is yours.', fault })}
${field({ id: 'password', label: 'Password', autocomplete: 'new-password', type: 'password', hint: 'At least 10 characters. Three or four words are good.', fault })}
${submit('Make the account')}
</form>
<p><a href="${x.site.issuer}/sign-in${withRequest(x)}">I have an account</a></p>`,
  };
}

/** `{issuer}/verify?token=…`: the address is confirmed. Opening the link changes nothing: mail scanners open links too. */
export const verifyPage = formPage({
  name: 'verify',
  steps: [limitFailures],
  faults: { 'password-wrong': 'password', 'user-name': 'username', 'user-name-taken': 'username' },
  show: showVerify,
  submit: async (x) => {
    const password = parameter(x, 'password') ?? '';
    const account = await verify(x, { token: given(x, 'token'), password, userName: parameter(x, 'username') });
    return welcomeBack(x, { account, amr: ['pwd'] });
  },
});

async function showVerify(x: Exchange, { token, fault }: Showing): Promise<Shown> {
  const mailed = given(x, 'token');
  const { userName, email } = await findSignUp(x, mailed);
  const name = parameter(x, 'username') ?? userName;
  const isTaken = fault?.field === 'username';
  return {
    title: 'Confirm your e-mail address',
    content: html`<p>Your address is <strong>${email}</strong>${isTaken ? undefined : html`, your user name <strong id="name">${name}</strong>`}.
To finish, show the password you chose.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/verify">
${token}${hidden('token', mailed)}
${
  isTaken
    ? field({ id: 'username', label: 'Another user name', autocomplete: 'username', value: name, fault })
    : html`<input type="text" name="username" value="${name}" autocomplete="username" readonly hidden>`
}
${field({ id: 'password', label: 'Password', autocomplete: 'current-password', type: 'password', fault })}
${submit('Confirm')}
</form>`,
  };
}
