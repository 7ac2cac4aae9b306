import { hash } from 'node:crypto';
import { Html, html } from './html.ts';

export type PageParts = {
  readonly title: string;
  readonly content: Html;
  /** Where its forms may lead, redirects included, beside this server: an origin, or a scheme such as `com.example.app:`. */
  readonly leadsTo?: string;
  /** Address of the one script that it runs, of this server. */
  readonly script?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
};

/** An answer that is a page. Of the gate's answers in general it has the shape. */
export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Html;
};

const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.55 system-ui, sans-serif; --line: #8886; --accent: #0b62c4; }
@media (prefers-color-scheme: dark) { :root { --accent: #7ab4ff; } }
* { box-sizing: border-box; }
body { max-width: 34rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
a { color: var(--accent); }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
label.tick { display: flex; gap: .6rem; align-items: baseline; font-weight: 400; margin: .4rem 0; }
input:not([type=checkbox], [type=radio]), select { width: 100%; font: inherit; padding: .6rem .7rem; border: 1px solid var(--line);
  border-radius: .4rem; }
input[type=checkbox], input[type=radio] { width: 1.15rem; height: 1.15rem; flex: none; translate: 0 .15rem; accent-color: var(--accent); }
button { font: inherit; font-weight: 600; padding: .65rem 1.2rem; border: 1px solid var(--accent); border-radius: .4rem;
  background: var(--accent); color: Canvas; cursor: pointer; min-height: 2.75rem; }
button.second { background: transparent; color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.actions > * { flex: 1 1 8rem; }
fieldset { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem 1rem; margin: 1rem 0; }
legend { font-weight: 600; padding: 0 .35rem; }
.note { border-left: .25rem solid var(--accent); padding: .25rem .9rem; margin: 1rem 0; }
.fault { border-left: .25rem solid #c0392b; padding: .25rem .9rem; margin: 1rem 0; }
.quiet { opacity: .8; font-size: .93rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
`;

const styleHash = hash('sha256', style, 'base64');

/**
 * A page of the gate: one style sheet of ours, and no script but the one that is named. Nobody may frame it, nothing may keep it, and no address of
 * it (which may hold a code) goes to another origin.
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.16
 */
export function page(status: number, { title, content, leadsTo = '', script, headers = {} }: PageParts): PageAnswer {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    ...(script === undefined ? [] : [`script-src ${script}`]),
    "img-src 'self' data:",
    `form-action 'self' ${leadsTo}`.trimEnd(),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    status,
    headers: {
      'content-security-policy': policy.join('; '),
      'x-frame-options': 'DENY',
      // no-referrer would turn the Origin of the page's own forms into "null"
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      ...headers,
    },
    body: html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
${script === undefined ? undefined : html`<script src="${script}" defer></script>`}
<main>
<h1>${title}</h1>
${content}
</main>
</html>
`,
  };
}

/** Sends the browser on, with GET whatever it sent. */
export function seeOther(location: string, headers: PageParts['headers'] = {}) {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', ...headers },
    body: undefined,
  };
}

/** A script as an answer. It is a file of its own, so that a page's policy can name it. */
export class Script {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
