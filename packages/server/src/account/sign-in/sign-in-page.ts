import { stationUrl } from '../../oauth/authorization-request.ts';
import { type Exchange, type GateAnswer, parameter } from '../../oauth/exchange.ts';
import { placeOf } from '../../oauth/page-endpoint.ts';
import { cookie, readCookie } from '../../pages/browser.ts';
import { field, generalFault, hidden, submit } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import { factorFaults, factorForms } from '../factors/factor-form.ts';
import { formPage, given, ownPlace, type Showing, type Shown } from '../form-page.ts';
import { appName, findRequestIfAny, leadsToApp, withRequest } from '../request-step.ts';
import { startSession } from '../session.ts';
import { rememberDevice } from '../throttle.ts';
import { findHalf, type Proven, signInByPassword, signInBySecondFactor, stepLifetime } from './sign-in.ts';

/** `{issuer}/sign-in`: name and password. With `request`, on the way to an app; with `to`, to a page of the account. */
export const signInPage = formPage({
  name: 'sign-in',
  steps: [findRequestIfAny],
  faults: { 'sign-in-failed': null },
  show: showSignIn,
  submit: async (x) => {
    const outcome = await signInByPassword(x, parameter(x, 'username') ?? '', parameter(x, 'password') ?? '');
    if (outcome.kind === 'signed-in') return welcomeBack(x, outcome);
    return seeOther(`${x.site.issuer}/second-step${onward(x)}`, {
      'set-cookie': [cookie(placeOf(x), 'step', outcome.secret, stepLifetime / 1000)],
    });
  },
});

function showSignIn(x: Exchange, { token, fault }: Showing): Shown {
  const app = appName(x);
  const name = parameter(x, 'username') ?? x.pending?.request.loginHint;
  const mayJoin = x.settings.sign_up === 'open';
  const { issuer } = x.site;
  return {
    title: 'Sign in',
    ...leadsToApp(x),
    content: html`${app === undefined ? undefined : html`<p id="app">to go on to <strong>${app}</strong></p>`}
${generalFault(fault)}
<form method="post" action="${issuer}/sign-in">
${token}${hidden('request', given(x, 'request'))}${hidden('to', given(x, 'to'))}
${field({ id: 'username', label: 'User name or e-mail address', autocomplete: 'username', value: name })}
${field({ id: 'password', label: 'Password', autocomplete: 'current-password', type: 'password' })}
${submit('Sign in')}
</form>
<p><a id="passkey" href="${issuer}/passkey${onward(x)}">Use a passkey</a></p>
<p><a id="forgot" href="${issuer}/forgot">Forgotten password</a></p>
${mayJoin ? html`<p><a id="sign-up" href="${issuer}/sign-up${withRequest(x)}">Make an account</a></p>` : undefined}`,
  };
}

/** `{issuer}/second-step`: what the account asks for beside the password. */
export const secondStepPage = formPage({
  name: 'second-step',
  steps: [findRequestIfAny],
  faults: factorFaults,
  show: showSecondStep,
  submit: async (x) => {
    const signedIn = await signInBySecondFactor(x, stepOf(x));
    return welcomeBack(x, signedIn, [cookie(placeOf(x), 'step', undefined)]);
  },
});

async function showSecondStep(x: Exchange, showing: Showing): Promise<Shown> {
  const { account } = await findHalf(x, stepOf(x));
  const { forms, usesPasskeys } = await factorForms(x, account, {
    action: `${x.site.issuer}/second-step`,
    showing,
    more: html`${hidden('request', given(x, 'request'))}${hidden('to', given(x, 'to'))}`,
  });
  return {
    title: 'One more step',
    usesPasskeys,
    ...leadsToApp(x),
    content: html`<p>Your account asks for more than the password.</p>
${generalFault(showing.fault)}
${forms}
<p><a id="again" href="${x.site.issuer}/sign-in${onward(x)}">Start again</a></p>`,
  };
}

const stepOf = (x: Exchange) => readCookie(x.request.headers, placeOf(x), 'step');

/** What the next page has to know, `request` or `to`, as the query of its address. */
export function onward(x: Exchange): string {
  const known = ['request', 'to'].flatMap((name) => {
    const value = given(x, name);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  return known.length === 0 ? '' : `?${new URLSearchParams(known)}`;
}

/** Signs in and goes on to where the user wanted to go: to an app, or to the account's pages. */
export async function welcomeBack(
  x: Exchange,
  { account, amr }: Proven,
  more: readonly string[] = [],
): Promise<GateAnswer> {
  const { cookies } = await startSession(x, account, amr);
  const devices = await rememberDevice(x, account);
  const to = x.pending ? stationUrl(x, 'continue', x.pending.secret) : ownPlace(x);
  return seeOther(to, { 'set-cookie': [...cookies, ...devices, ...more] });
}
