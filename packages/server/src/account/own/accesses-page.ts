import type { Exchange } from '../../oauth/exchange.ts';
import { type Html, html } from '../../pages/html.ts';
import { seeOther } from '../../pages/page.ts';
import { backToAccount, formPage, type Shown } from '../form-page.ts';
import { ownerOf, requireSignIn } from '../signed-in.ts';
import { listAccesses, requireOwnRecord } from './accesses.ts';
import { when } from './account-page.ts';

/** `{issuer}/account/accesses`: who saw my records, newest first. Its parameters are those of the API. */
export const accessesPage = formPage({
  name: 'account/accesses',
  place: 'account/accesses',
  steps: [requireSignIn, requireOwnRecord],
  show: showAccesses,
  submit: (x) => seeOther(`${x.site.issuer}/account/accesses`),
});

async function showAccesses(x: Exchange): Promise<Shown> {
  const { accesses, next } = await listAccesses(x);
  const names = await x.site.directory.patientNames(accesses.flatMap(({ patients }) => patients));
  const row = ({ time, app, who, words, patients, emergency }: (typeof accesses)[number]): Html => html`<tr>
<td><time datetime="${time}">${when(Date.parse(time))}</time></td>
<td>${who}${app === null ? undefined : html`<br><span class="quiet">by ${app.client_name ?? 'an app'}</span>`}</td>
<td>${words}${emergency ? html` <strong>Emergency</strong>` : undefined}</td>
<td>${patients.map((id) => names.get(id)?.name ?? 'A record').join(', ')}</td></tr>`;
  const heads = html`<tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Whose record</th></tr>`;
  return {
    title: 'Who saw my records',
    content: html`${accesses.length === 0 ? html`<p id="none">Nobody has seen a record of yours.</p>` : html`<table id="accesses">${heads}${accesses.map(row)}</table>`}
${next === null ? undefined : html`<p><a id="next-page" href="${address(x, next)}">Earlier</a></p>`}
${ownerOf(x).role === 'patient' ? undefined : html`<p class="quiet">It is about records that are your own.</p>`}
${backToAccount(x)}`,
  };
}

function address(x: Exchange, cursor: string): string {
  const query = new URLSearchParams(x.request.query);
  query.set('cursor', cursor);
  return `${x.site.issuer}/account/accesses?${query}`;
}
