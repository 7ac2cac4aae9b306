/** Accounts that anybody may look around with. */
export type LandingAccounts = readonly {
  readonly userName: string;
  readonly password: string;
  readonly what: string;
}[];

/** The page at the root: what this is and where the first step starts. Everything in it is ours, nothing a client's. */
export function landing(publicUrl: string, demoAccounts: LandingAccounts = []): string {
  const fhir = `${publicUrl}/apis/default/fhir`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chartgate</title>
<style>
  :root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif }
  body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
  td, th { text-align: left; padding-right: 1.5rem }
  pre { padding: .8rem 1rem; border: 1px solid; border-radius: .4rem; overflow-x: auto }
</style>
<h1>Chartgate</h1>
<p>A FHIR R4 server and its SMART authorization server. From nothing to a first patient:</p>
<pre>npx chartgate connect ${publicUrl}</pre>
<ul>
  <li>FHIR base: <a href="${fhir}/metadata">${fhir}</a></li>
  <li><a href="${fhir}/.well-known/smart-configuration">SMART configuration</a></li>
  <li><a href="${publicUrl}/oauth2/default/.well-known/openid-configuration">OpenID configuration</a></li>
</ul>
${demoAccounts.length > 0 ? demo(publicUrl, demoAccounts) : ''}</html>
`;
}

function demo(publicUrl: string, accounts: LandingAccounts): string {
  const rows = accounts.map(
    ({ userName, password, what }) => `<tr><td><code>${userName}</code><td><code>${password}</code><td>${what}`,
  );
  return `<h2>Accounts of this demonstration</h2>
<table><tr><th>User name<th>Password<th>
${rows.join('\n')}
</table>
<p><a href="${publicUrl}/oauth2/default/sign-in">Sign in</a>. Mail that would be sent is shown to
<a href="${publicUrl}/oauth2/default/mailbox">the administrator</a>.</p>
`;
}
