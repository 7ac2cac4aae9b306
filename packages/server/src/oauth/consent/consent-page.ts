import { type Html, html } from '../../pages/html.ts';
import type { Destination } from '../destination.ts';
import type { VisiblePatient } from '../visible-patients.ts';
import { capitalized, dayWords, duration } from '../words.ts';
import { boxWords } from './box-words.ts';
import type { Access, Context, Offer, RecordBox } from './offer.ts';
import { everydayTypes, groupWords, type WordGroup, wordsOf } from './type-words.ts';

/** What the consent page shows. */
export type ConsentView = {
  /** The client's own name, bounded. */
  readonly appName: string;
  readonly mixesAlphabets: boolean;
  readonly isChecked: boolean;
  readonly destination: Destination;
  /** The app's own pages about itself, where it has them. */
  readonly links: readonly { readonly words: string; readonly url: string }[];
  readonly userName: string;
  readonly switchUrl: string;
  readonly isStaff: boolean;
  /** Whose record it is about; absent: of no patient in particular. */
  readonly patient?: VisiblePatient;
  readonly offer: Offer;
  readonly ticked: ReadonlySet<string>;
  /** Boxes that were not there the last time. */
  readonly fresh: ReadonlySet<string>;
  /** How long an access token lives, seconds. */
  readonly lifetime: number;
  /** Hidden fields of the form. */
  readonly hidden: Html;
  /** What was wrong with the answer before. */
  readonly fault?: string;
};

/** The consent page, without its frame. Ids and names of fields are documented in docs/consent.md: they stay. */
export function consentContent(view: ConsentView): Html {
  const fault = view.fault === undefined ? undefined : html`<p class="fault" role="alert" id="fault">${view.fault}</p>`;
  return html`${fault}
${whoAsks(view)}
<p class="quiet">Signed in as <strong id="user">${view.userName}</strong>. <a id="switch" href="${view.switchUrl}">Not you?</a></p>
<form method="post" id="consent">
${view.hidden}
${records(view, 'read')}
${aboutUser(view)}
${records(view, 'write')}
<h2>How long</h2>
${howLong(view)}
<h2>What it will not see</h2>
<ul id="unseen">${unseen(view).map((words) => html`<li>${words}</li>`)}</ul>
<p id="next">${whereNext(view)}</p>
<div class="actions">
<button id="allow" name="decision" value="allow">Allow</button>
<button id="deny" name="decision" value="deny">Don’t allow</button>
</div>
</form>
<p class="quiet">You can take this back at any time, on the page “Apps that can see my records”.</p>`;
}

function whoAsks({ appName, mixesAlphabets, isChecked, destination, links }: ConsentView): Html {
  const checked = isChecked
    ? html`<p id="checked"><strong>Checked by us.</strong> Somebody who works here looked at this app and let it in.</p>`
    : html`<p id="not-checked"><strong>Not checked by us.</strong> Nobody here has looked at this app. Its name is what its
maker wrote${destination.host === undefined ? '.' : html`; only the address cannot be made up: <strong>${destination.host}</strong>.`}</p>`;
  const odd = mixesAlphabets
    ? html`<p id="odd-name"><strong>Take care:</strong> the name mixes letters of several alphabets. It may be made to look like another name.</p>`
    : undefined;
  const address = destination.host ?? 'an app on this device';
  return html`<div class="${isChecked && !odd ? 'note' : 'fault'}">
<p><strong id="app">${appName}</strong> <span class="quiet">(<span id="host">${address}</span>)</span></p>
${checked}${odd}
</div>
${links.map(({ words, url }) => html`<p class="quiet"><a href="${url}" rel="noopener noreferrer" target="_blank">${words}</a></p>`)}`;
}

function records(view: ConsentView, access: Access): readonly Html[] {
  return (['patient', 'user'] as const).flatMap((context) => {
    const boxes = view.offer.records.filter((box) => box.context === context && box.access === access);
    if (boxes.length === 0) return [];
    const heading = access === 'read' ? 'What it may see' : 'What it may change';
    return [
      html`<h2>${heading}</h2>
<p${access === 'write' ? html` class="fault"` : undefined} id="${access}-${context}">${whose(view, context, access)}</p>
${groups(view, boxes)}`,
    ];
  });
}

function whose({ patient, isStaff }: ConsentView, context: Context, access: Access): Html {
  const verb = access === 'read' ? 'From' : 'In';
  if (context === 'user') {
    const all = isStaff ? 'the records of all patients that you may see' : 'all records that your account opens';
    return html`${verb} ${all}:`;
  }
  if (patient === undefined) return html`${verb} the record of the patient that you pick:`;
  const born = patient.birthDate === undefined ? '' : `, born ${dayWords(patient.birthDate)}`;
  if (patient.relationship === 'self') return html`${verb} <strong>your own record</strong> (${patient.name}${born}):`;
  return html`${verb} the record of <strong>${patient.name}</strong>${born}:`;
}

/** Fieldsets in the order of the headings; a box of a category stands beneath the one of its type. */
function groups(view: ConsentView, boxes: readonly RecordBox[]): readonly Html[] {
  const order = [...everydayTypes, '*'];
  const sorted = boxes.toSorted((a, b) => rank(order, a) - rank(order, b));
  return (Object.keys(groupWords) as WordGroup[]).flatMap((group) => {
    const own = sorted.filter((box) => box.within === undefined && groupOf(box) === group);
    if (own.length === 0) return [];
    const rows = own.map((box) => row(view, box, boxes));
    return [html`<fieldset><legend>${groupWords[group]}</legend>${rows}</fieldset>`];
  });
}

function rank(order: readonly string[], { type }: RecordBox): number {
  const at = order.indexOf(type);
  return at < 0 ? order.length : at;
}

function groupOf({ type }: RecordBox): WordGroup {
  return type === '*' ? 'other' : wordsOf(type).group;
}

function row(view: ConsentView, box: RecordBox, boxes: readonly RecordBox[]): Html {
  const parts = boxes.filter(({ within }) => within === box.value);
  const beneath =
    parts.length === 0
      ? undefined
      : html`<div class="parts" role="group" aria-label="Kinds of ${wordsOf(box.type).words}">
<p class="quiet">Untick a kind to leave it out. The app then sees only the kinds that are ticked.</p>
${parts.map((part) => tick(view, part.value, wordsFor(view, part)))}</div>`;
  return html`${tick(view, box.value, wordsFor(view, box))}${beneath}${box.types ? contents(box.types) : undefined}`;
}

function wordsFor({ patient, isStaff }: ConsentView, box: RecordBox): string {
  return boxWords(box, !isStaff && (box.context === 'user' ? false : patient?.relationship === 'self'));
}

function contents(types: readonly string[]): Html {
  const words = types.map((type) => wordsOf(type).words).filter((text) => !text.startsWith('technical'));
  return html`<details class="parts"><summary>What that is</summary><ul>${words.map((text) => html`<li>${capitalized(text)}</li>`)}
<li>Technical records without anybody’s data</li></ul></details>`;
}

function tick({ ticked, fresh }: ConsentView, value: string, words: string | Html): Html {
  const checked = ticked.has(value) ? html` checked` : undefined;
  const isNew = fresh.has(value) ? html` <strong class="new">new</strong>` : undefined;
  return html`<label class="tick"><input type="checkbox" name="scope" value="${value}"${checked}><span>${words}${isNew}</span></label>`;
}

const namedWords: Readonly<Record<string, string>> = {
  profile: 'Your name',
  email: 'Your e-mail address',
  phone: 'Your phone number',
  address: 'Your postal address',
};

function aboutUser(view: ConsentView): Html | undefined {
  const known = view.offer.named.filter((name) => Object.hasOwn(namedWords, name));
  const isKnown = view.offer.fixed.some((name) => name === 'openid' || name === 'fhirUser');
  if (known.length === 0 && !isKnown) return undefined;
  const who = isKnown ? html`<p>It can tell that it is you who signed in.</p>` : undefined;
  return html`<fieldset><legend>Your account</legend>${who}${known.map((name) => tick(view, name, namedWords[name] ?? ''))}</fieldset>`;
}

function howLong(view: ConsentView): Html {
  const once = duration(view.lifetime);
  const offline = view.offer.named.includes('offline_access')
    ? tick(view, 'offline_access', html`<strong>Until you take it back</strong>, also when you are away`)
    : undefined;
  const online = view.offer.named.includes('online_access')
    ? tick(view, 'online_access', html`<strong>As long as you are signed in here</strong>`)
    : undefined;
  const words =
    offline || online ? `Without a tick here its access ends after ${once}.` : `Its access ends after ${once}.`;
  return html`${offline}${online}<p id="lifetime">${words}</p>`;
}

/** What people may fear that it sees, and it does not. */
function unseen({ offer, isStaff }: ConsentView): readonly string[] {
  const types = new Set(offer.records.flatMap(({ type, types = [] }) => [type, ...types]));
  const left = everydayTypes
    .map((type) => ({ type, ...wordsOf(type) }))
    .filter(({ type, isOwn }) => isOwn && !types.has(type))
    .map(({ words }) => words);
  const has = (match: (box: RecordBox) => boolean) => offer.records.some(match);
  return [
    ...(left.length === 0 || offer.records.length === 0 ? [] : [`It did not ask for: ${left.slice(0, 8).join('; ')}.`]),
    ...(offer.records.length === 0 ? ['Any health record.'] : []),
    ...(has(({ context }) => context === 'user')
      ? []
      : [isStaff ? 'Records of other patients.' : 'Records of other people.']),
    ...(has(({ access }) => access === 'write') ? [] : ['It cannot change anything.']),
    'Your password.',
  ];
}

function whereNext({ destination }: ConsentView): Html {
  if (destination.host === undefined) return html`After this you go back to <strong>an app on this device</strong>.`;
  return html`After this you go to <strong>${destination.host}</strong>.`;
}
