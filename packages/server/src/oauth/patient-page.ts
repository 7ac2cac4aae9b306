import { type Html, html } from '../pages/html.ts';
import type { EncounterEntry, FoundPatients, PatientEntry, PatientQuery } from '../store/chart-directory.ts';
import type { VisiblePatient } from './visible-patients.ts';
import { capitalized, dayWords } from './words.ts';

/** One button for each record of a patient's account. */
export function chartList(patients: readonly VisiblePatient[], hidden: Html): Html {
  return html`<form method="post" id="pick">${hidden}
<ul class="choices">${patients.map(
    (patient) => html`<li><button class="choice" name="patient" value="${patient.id}">
<strong>${patient.name}</strong><span class="quiet">${patient.relationship === 'self' ? 'You' : facts(patient)}</span></button></li>`,
  )}</ul></form>`;
}

/** The fields by which staff look for a patient. @param hidden fields that the address keeps */
export function searchForm(query: PatientQuery, hidden: Html): Html {
  return html`<form method="get" id="search" role="search">${hidden}
<label for="name">Name</label><input id="name" name="name" maxlength="100" autocomplete="off" value="${query.name ?? ''}">
<label for="birthdate">Birth date</label><input id="birthdate" name="birthdate" type="date" value="${query.birthDate ?? ''}">
<label for="identifier">Record number or other identifier</label>
<input id="identifier" name="identifier" maxlength="100" autocomplete="off" value="${query.identifier ?? ''}">
<div class="actions"><button id="find">Find</button></div></form>`;
}

/** What was found, a button each. @param nextUrl of the next page */
export function foundList({ patients }: FoundPatients, hidden: Html, nextUrl: string | undefined): Html {
  if (patients.length === 0) return html`<p id="nobody">Nobody was found. Check the spelling, or look for less.</p>`;
  const next = nextUrl === undefined ? undefined : html`<p><a id="next-page" href="${nextUrl}">More patients</a></p>`;
  return html`<h2>Found</h2><form method="post" id="pick">${hidden}
<ul class="choices">${patients.map(
    (patient) => html`<li><button class="choice" name="patient" value="${patient.id}">
<strong>${patient.name}</strong><span class="quiet">${facts(patient)}</span></button></li>`,
  )}</ul></form>${next}`;
}

/** The patient's latest encounters, and the choice of none. */
export function encounterList(encounters: readonly EncounterEntry[], hidden: Html): Html {
  return html`<form method="post" id="pick-encounter">${hidden}
<ul class="choices">${encounters.map(
    (encounter) => html`<li><button class="choice" name="encounter" value="${encounter.id}">
<strong>${capitalized(encounter.words)}</strong><span class="quiet">${encounter.start === undefined ? '' : dayWords(encounter.start)}</span></button></li>`,
  )}
<li><button class="choice" id="no-encounter" name="encounter" value="">No visit in particular</button></li></ul></form>`;
}

/** What tells namesakes apart. */
export function facts({ birthDate, identifiers }: PatientEntry): string {
  const born = birthDate === undefined ? [] : [`born ${dayWords(birthDate)}`];
  return [...born, ...identifiers.map((value) => (value.length > 30 ? `${value.slice(0, 30)}…` : value))].join(' · ');
}

/** The query of a search form's address. */
export function patientQuery(query: string): PatientQuery {
  const asked = new URLSearchParams(query);
  const text = (name: string) => asked.get(name)?.trim().slice(0, 1000) || undefined;
  const [name, birthDate, identifier, page] = ['name', 'birthdate', 'identifier', 'page'].map(text);
  return {
    ...(name === undefined ? {} : { name }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(page === undefined ? {} : { page }),
  };
}

/** Whether anything was looked for. */
export function isAsked({ name, birthDate, identifier }: PatientQuery): boolean {
  return (name ?? birthDate ?? identifier) !== undefined;
}

/** The address of the next page of a search, where there is one. @param address of this page, with its query */
export function nextPageUrl(address: string, { nextPage }: FoundPatients): string | undefined {
  if (nextPage === undefined) return undefined;
  const url = new URL(address);
  url.searchParams.set('page', nextPage);
  return url.href;
}
