import { parameter } from '../../oauth/exchange.ts';
import { generalFault } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { backToAccount, formPage, tell } from '../form-page.ts';
import { ownerOf, requireSignIn } from '../signed-in.ts';
import { factorFaults } from './factor-form.ts';
import { codesToKeep } from './recovery-words.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { typedCode } from './second-factors.ts';

/** `{issuer}/account/recovery-codes`: new ones, for a code that is still good. */
export const recoveryCodesPage = formPage({
  name: 'account/recovery-codes',
  place: 'account/recovery-codes',
  steps: [requireSignIn],
  faults: { ...factorFaults, 'recovery-codes-alone': null },
  show: async (x, { token, fault }) => ({
    title: 'Your recovery codes',
    content: html`<p>You have <strong id="left">${await x.site.store.recoveryCodes.count(ownerOf(x).accountId)}</strong> recovery codes left. New ones replace them.</p>
${generalFault(fault)}
<form method="post" action="${x.site.issuer}/account/recovery-codes">
${token}
<label for="code">A code of your authenticator app, or a recovery code</label>
<input id="code" name="code" autocomplete="one-time-code" required>
<div class="actions"><button id="submit" type="submit">Make new codes</button></div>
</form>`,
  }),
  submit: async (x) => {
    const codes = await renewRecoveryCodes(x, ownerOf(x), typedCode(parameter(x, 'code')));
    return tell('Your new recovery codes', html`${codesToKeep(codes)}${backToAccount(x)}`);
  },
});
