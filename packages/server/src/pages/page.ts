import { hash } from 'node:crypto';
import { Html, html } from './html.ts';
import { style } from './style.ts';

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
