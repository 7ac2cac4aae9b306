import type { Exchange } from '../../oauth/exchange.ts';
import { placeOf } from '../../oauth/page-endpoint.ts';
import { cookie } from '../../pages/browser.ts';
import { generalFault, hidden, submit } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import { factorFaults, factorForms } from '../factors/factor-form.ts';
import { formPage, given, ownPlace, type Showing, type Shown } from '../form-page.ts';
import { passwordField } from '../own/account-forms.ts';
import { amrWith, renewSession } from '../session.ts';
import { ownerOf, provenBy, requireProof, requireSignIn, signedInAt } from '../signed-in.ts';

/** `{issuer}/step-up?to=…`: the password once more, or a second factor, for what matters. The session gets a new secret. */
export const stepUpPage = formPage({
  name: 'step-up',
  place: 'account',
  steps: [requireSignIn, requireProof],
  faults: { ...factorFaults, 'password-wrong': 'password' },
  show: showStepUp,
  submit: async (x) => {
    const signedIn = signedInAt(x);
    const renewed = await renewSession(x, signedIn, amrWith(signedIn.session.amr, provenBy(x)));
    const place = placeOf(x);
    return seeOther(ownPlace(x), {
      'set-cookie': renewed ? [cookie(place, 'session', renewed.token), cookie(place, 'browser', undefined)] : [],
    });
  },
});

async function showStepUp(x: Exchange, showing: Showing): Promise<Shown> {
  const { token, fault } = showing;
  const action = `${x.site.issuer}/step-up`;
  const more = hidden('to', given(x, 'to'));
  const { forms, usesPasskeys } = await factorForms(x, ownerOf(x), { action, showing, more });
  return {
    title: 'Your password, once more',
    usesPasskeys,
    content: html`<p>You signed in a while ago, as <strong>${ownerOf(x).userName}</strong>.</p>
${generalFault(fault)}
<form method="post" action="${action}">${token}${more}
${passwordField(x, fault)}
${submit('Go on')}
</form>
${forms.length === 0 ? undefined : html`<p>Or instead of the password:</p>${forms}`}`,
  };
}
