import { type Exchange, type GateAnswer, parameter } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { generalFault } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import type { ChartLink } from '../../store/account-ports.ts';
import { backToAccount, formPage, type Showing, type Shown, tell } from '../form-page.ts';
import { ownerOf, requireSignIn } from '../signed-in.ts';
import { claimOf } from './chart-api.ts';
import { claimBody, redeemBody } from './chart-json.ts';
import { claimChart, unlinkChart } from './chart-match.ts';
import { redeem } from './invitations.ts';

/** `{issuer}/account/charts`: the records that the account opens, and the ways to one. */
export const chartsPage = formPage({
  name: 'account/charts',
  place: 'account/charts',
  steps: [requireSignIn],
  faults: {
    invitation: null,
    'claim-role': null,
    'claim-tries': null,
    'claim-waiting': null,
    'claim-incomplete': null,
    'chart-unlinked': null,
  },
  show: showCharts,
  submit: async (x) => {
    const action = parameter(x, 'action');
    if (action === 'remove') return remove(x);
    return action === 'code' ? byCode(x) : byClaim(x);
  },
});

const action = (x: Exchange) => `${x.site.issuer}/account/charts`;

async function showCharts(x: Exchange, { token, fault }: Showing): Promise<Shown> {
  const { accountId } = ownerOf(x);
  const [charts, requests] = await Promise.all([
    x.site.store.accounts.charts(accountId),
    x.site.store.chartRequests.listOf(accountId),
  ]);
  const rows = await Promise.all(charts.map((chart) => chartRow(x, chart, { token })));
  const isWaiting = requests.some(({ status }) => status === 'open');
  const [latest] = requests;
  return {
    title: 'Your records',
    content: html`${generalFault(fault)}
${rows.length === 0 ? html`<p id="none">Your account opens no record yet.</p>` : html`<table id="charts">${rows}</table>`}
${isWaiting ? html`<p class="note" id="waiting">Somebody at the clinic looks at what you asked for. You get a mail.</p>` : undefined}
${latest?.status === 'rejected' ? html`<p class="note" id="rejected">The clinic could not open a record to you: ${latest.reason}</p>` : undefined}
<h2>I have a code from the clinic</h2>
<form method="post" id="by-code" action="${action(x)}">
${token}<input type="hidden" name="action" value="code">
<label for="invitation_code">Code</label>
<input id="invitation_code" name="invitation_code" autocomplete="off" required>
<label for="code_birth_date">Date of birth of the patient</label>
<input id="code_birth_date" name="birth_date" type="date" required>
<div class="actions"><button type="submit">Open the record</button></div>
</form>
<h2>Find my record</h2>
<p>Your name, date of birth and e-mail address together can find it. If not, somebody at the clinic looks for it.</p>
<form method="post" id="by-claim" action="${action(x)}">
${token}<input type="hidden" name="action" value="claim">
<label for="given_name">First name</label>
<input id="given_name" name="given_name" autocomplete="given-name" required>
<label for="family_name">Last name</label>
<input id="family_name" name="family_name" autocomplete="family-name" required>
<label for="birth_date">Date of birth</label>
<input id="birth_date" name="birth_date" type="date" autocomplete="bday" required>
<label for="identifier">Number on a letter of the clinic, if you have one</label>
<input id="identifier" name="identifier" autocomplete="off">
<label class="tick"><input type="checkbox" id="guardian" name="relationship" value="guardian"> This is somebody I care for, such as my child</label>
<div class="actions"><button type="submit">Find the record</button></div>
</form>
${backToAccount(x)}`,
  };
}

async function chartRow(x: Exchange, { patient, relationship }: ChartLink, { token }: Showing) {
  const name = (await x.site.directory.card(patient))?.name ?? 'A record';
  return html`<tr><td>${name}<br><span class="quiet">${relationship === 'self' ? 'you' : 'somebody you care for'}</span></td>
<td><form method="post" action="${action(x)}">${token}<input type="hidden" name="action" value="remove"><input type="hidden" name="patient" value="${patient}"><button class="second" type="submit">Remove</button></form></td></tr>`;
}

async function byCode(x: Exchange): Promise<GateAnswer> {
  const read = redeemBody.safeParse({
    invitation_code: parameter(x, 'invitation_code'),
    birth_date: parameter(x, 'birth_date'),
  });
  if (!read.success) throw new OAuthError('invitation');
  await redeem(x, ownerOf(x), { code: read.data.invitation_code, birthDate: read.data.birth_date });
  return linked(x);
}

const linked = (x: Exchange) =>
  tell('The record is open', html`<p id="linked">Your account opens the record now.</p>${backToAccount(x)}`);

async function byClaim(x: Exchange): Promise<GateAnswer> {
  const names = ['given_name', 'family_name', 'birth_date', 'identifier', 'relationship'] as const;
  const read = claimBody.safeParse(Object.fromEntries(names.map((name) => [name, parameter(x, name)])));
  if (!read.success) throw new OAuthError('claim-incomplete');
  if ((await claimChart(x, ownerOf(x), claimOf(read.data))) === 'linked') return linked(x);
  return tell(
    'Thank you',
    html`<p id="in-review">Somebody at the clinic looks at it. You get a mail.</p>${backToAccount(x)}`,
  );
}

async function remove(x: Exchange): Promise<GateAnswer> {
  await unlinkChart(x, ownerOf(x), parameter(x, 'patient') ?? '');
  return tell(
    'The record is removed',
    html`<p>Your account no longer opens it, and no app sees it through you.</p>${backToAccount(x)}`,
  );
}
