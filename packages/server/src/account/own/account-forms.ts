import { actorOf } from '../../oauth/audited.ts';
import { type Exchange, parameter } from '../../oauth/exchange.ts';
import { limitFailures } from '../../oauth/form.ts';
import { placeOf } from '../../oauth/page-endpoint.ts';
import { cookie } from '../../pages/browser.ts';
import { type Fault, field, generalFault, hidden, submit } from '../../pages/form.ts';
import { type Html, html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import { backToAccount, formPage, given, tell } from '../form-page.ts';
import { changePassword } from '../password/password-reset.ts';
import { withoutSession } from '../session.ts';
import { requirePassword, requireSignIn, signedInAt } from '../signed-in.ts';
import { askForEmail, confirmEmail, findEmailChange } from './change-email.ts';
import { closeAccount } from './close.ts';

/** The password that the account has now; an account without one is asked for nothing. */
export function passwordField(x: Exchange, fault: Fault | undefined): Html | undefined {
  if (signedInAt(x).account.passwordHash === undefined) return undefined;
  return field({ id: 'password', label: 'Password', autocomplete: 'current-password', type: 'password', fault });
}

/** `{issuer}/account/password` */
export const passwordPage = formPage({
  name: 'account/password',
  place: 'account/password',
  steps: [requireSignIn, requirePassword],
  faults: { 'password-wrong': 'password', 'password-rules': 'new_password' },
  show: (x, { token, fault }) => ({
    title: 'Change the password',
    content: html`${generalFault(fault)}
<form method="post" action="${x.site.issuer}/account/password">
${token}
<input type="text" name="username" value="${signedInAt(x).account.userName}" autocomplete="username" readonly hidden>
${passwordField(x, fault)}
${field({ id: 'new_password', label: 'New password', autocomplete: 'new-password', type: 'password', hint: 'At least 10 characters. Three or four words are good.', fault })}
${submit('Change the password')}
</form>
<p class="quiet">You are signed out everywhere else, and apps have to ask you anew.</p>
${backToAccount(x)}`,
  }),
  submit: async (x) => {
    await changePassword(x, signedInAt(x), parameter(x, 'new_password') ?? '');
    return seeOther(`${x.site.issuer}/account`);
  },
});

/** `{issuer}/account/email` */
export const emailPage = formPage({
  name: 'account/email',
  place: 'account/email',
  steps: [requireSignIn, requirePassword],
  faults: { 'password-wrong': 'password', email: 'email' },
  show: (x, { token, fault }) => ({
    title: 'Change the e-mail address',
    content: html`<p>It is <strong>${signedInAt(x).account.email}</strong> now.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/account/email">
${token}
${field({ id: 'email', label: 'New e-mail address', autocomplete: 'email', type: 'email', value: parameter(x, 'email'), fault })}
${passwordField(x, fault)}
${submit('Change the address')}
</form>
${backToAccount(x)}`,
  }),
  submit: async (x) => {
    await askForEmail(x, signedInAt(x).account, parameter(x, 'email') ?? '');
    return tell(
      'Look into your mail',
      html`<p>We sent a mail to the new address. Once you confirm it there, it takes the place of the old one.</p>
${backToAccount(x)}`,
    );
  },
});

/** `{issuer}/confirm-email?token=…`: opening the link changes nothing, the button does. */
export const confirmEmailPage = formPage({
  name: 'confirm-email',
  steps: [limitFailures],
  show: async (x, { token, fault }) => {
    const mailed = given(x, 'token');
    const { email, account } = await findEmailChange(x, mailed);
    return {
      title: 'Confirm your new e-mail address',
      content: html`<p>The account <strong id="name">${account.userName}</strong> is to have the address <strong>${email}</strong>.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/confirm-email">${token}${hidden('token', mailed)}${submit('Confirm')}</form>`,
    };
  },
  submit: async (x) => {
    await confirmEmail(x, given(x, 'token'));
    return tell('Your address is changed', html`<p><a href="${x.site.issuer}/account">To your account</a></p>`);
  },
});

/** `{issuer}/account/close` */
export const closePage = formPage({
  name: 'account/close',
  place: 'account/close',
  steps: [requireSignIn, requirePassword],
  faults: { 'password-wrong': 'password', 'last-administrator': null },
  show: (x, { token, fault }) => ({
    title: 'Close the account',
    content: html`<p>Apps can no longer see anything by this account, and you cannot sign in any more. Your records at the clinic are not touched.
It cannot be undone.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/account/close">
${token}
${passwordField(x, fault)}
${submit('Close the account for good')}
</form>
${backToAccount(x)}`,
  }),
  submit: async (x) => {
    await closeAccount(x, signedInAt(x).account, actorOf(x));
    const cookies = [...withoutSession(x), cookie(placeOf(x), 'device', undefined)];
    return tell('Your account is closed', html`<p>Good-bye.</p>`, { 'set-cookie': cookies });
  },
});
