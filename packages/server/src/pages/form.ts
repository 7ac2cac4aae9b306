import { type Html, html } from './html.ts';

/** What was wrong with a form: at one of its fields, by the field's id, or as a whole. */
export type Fault = { readonly field?: string; readonly text: string };

export type Field = {
  /** Its id and name. */
  readonly id: string;
  readonly label: string;
  /** What browsers and password managers fill in. @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill */
  readonly autocomplete: string;
  /** (Default: text) */
  readonly type?: 'text' | 'email' | 'password';
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly fault?: Fault | undefined;
};

/** A field with its label, and what was wrong with it in its own place. */
export function field({ id, label, autocomplete, type = 'text', value, hint, fault }: Field): Html {
  const isWrong = fault?.field === id;
  const about = [...(hint ? [`${id}-hint`] : []), ...(isWrong ? [`${id}-fault`] : [])].join(' ');
  const described = about === '' ? undefined : html` aria-describedby="${about}"`;
  return html`<label for="${id}">${label}</label>
${hint ? html`<p class="quiet" id="${id}-hint">${hint}</p>` : undefined}
${isWrong ? html`<p class="fault" id="${id}-fault" role="alert">${fault.text}</p>` : undefined}
<input id="${id}" name="${id}" type="${type}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false" required${described}${isWrong ? html` aria-invalid="true" autofocus` : undefined}${value === undefined ? undefined : html` value="${value}"`}>
`;
}

/** What was wrong with the form as a whole. */
export function generalFault(fault: Fault | undefined): Html | undefined {
  if (!fault || fault.field !== undefined) return undefined;
  return html`<p class="fault" id="fault" role="alert">${fault.text}</p>`;
}

/** The button that sends the form. */
export function submit(label: string, kind: 'first' | 'second' = 'first'): Html {
  return html`<div class="actions"><button id="submit" type="submit"${kind === 'second' ? html` class="second"` : undefined}>${label}</button></div>`;
}

/** A hidden field; none where there is no value. */
export function hidden(name: string, value: string | undefined): Html | undefined {
  return value === undefined ? undefined : html`<input type="hidden" name="${name}" value="${value}">`;
}
