import { coding, concept, system } from './system.ts';

const vaccine = (code: string, display: string) => concept(coding(system.cvx, code, display));

export const vaccines = {
  hepatitisB: vaccine('08', 'Hep B, adolescent or pediatric'),
  rotavirus: vaccine('119', 'rotavirus, monovalent'),
  dtap: vaccine('20', 'DTaP'),
  hib: vaccine('49', 'Hib (PRP-OMP)'),
  pneumococcal13: vaccine('133', 'Pneumococcal conjugate PCV 13'),
  pneumococcal20: vaccine('216', 'Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF'),
  polio: vaccine('10', 'IPV'),
  mmr: vaccine('03', 'MMR'),
  varicella: vaccine('21', 'varicella'),
  hepatitisA: vaccine('83', 'Hep A, ped/adol, 2 dose'),
  tdap: vaccine('115', 'Tdap'),
  td: vaccine('113', 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed'),
  hpv: vaccine('165', 'HPV9'),
  meningococcal: vaccine('114', 'meningococcal MCV4P'),
  influenza: vaccine('140', 'Influenza, split virus, trivalent, PF'),
  covid: vaccine('208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose'),
  zoster: vaccine('187', 'zoster recombinant'),
} as const;

export type VaccineKey = keyof typeof vaccines;

/** The childhood schedule: at which well child visit (age in months) each dose is due. */
export const childhoodSchedule: readonly { readonly vaccine: VaccineKey; readonly months: readonly number[] }[] = [
  { vaccine: 'hepatitisB', months: [0, 2, 6] },
  { vaccine: 'rotavirus', months: [2, 4] },
  { vaccine: 'dtap', months: [2, 4, 6, 15, 48] },
  { vaccine: 'hib', months: [2, 4, 12] },
  { vaccine: 'pneumococcal13', months: [2, 4, 6, 12] },
  { vaccine: 'polio', months: [2, 4, 6, 48] },
  { vaccine: 'mmr', months: [12, 48] },
  { vaccine: 'varicella', months: [12, 48] },
  { vaccine: 'hepatitisA', months: [12, 18] },
  { vaccine: 'tdap', months: [132] },
  { vaccine: 'hpv', months: [132, 144] },
  { vaccine: 'meningococcal', months: [132, 192] },
];

/** Ages of the well child visits, in months. */
export const wellChildMonths: readonly number[] = [
  0, 1, 2, 4, 6, 9, 12, 15, 18, 24, 30, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 168, 180, 192, 204,
];

export const sites = [
  concept(coding(`${system.terminology}/v3-ActSite`, 'LA', 'left arm')),
  concept(coding(`${system.terminology}/v3-ActSite`, 'RA', 'right arm')),
] as const;

export const route = concept(
  coding(`${system.terminology}/v3-RouteOfAdministration`, 'IM', 'Injection, intramuscular'),
);

export const refusal = concept(coding(system.actReason, 'PATOBJ', 'patient objection'));
