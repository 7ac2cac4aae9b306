import { type Html, html } from '../../pages/html.ts';

/** Recovery codes, once. */
export function codesToKeep(codes: readonly string[]): Html | undefined {
  if (codes.length === 0) return undefined;
  return html`<h2>Recovery codes</h2>
<p>Keep these somewhere safe, such as on paper. Each opens your account once when you have lost your phone or your passkey. They are not shown again.</p>
<ul id="recovery-codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>`;
}
