import type { termsOf } from '../packages/server/src/store/postgres/index/term.ts';
import { typeKey } from '../packages/server/src/store/postgres/index/type-key.ts';

/** A person of the loaded data, as searches ask for one. */
export type Sample = {
  readonly id: string;
  readonly family: string;
  readonly identifier: { readonly system: string; readonly value: string };
  readonly birthYear: number;
};

/** The same question to the server and to its tables: `sql` is what one would write by hand for these tables. */
export type Question = { readonly path: string; readonly sql: string; readonly values: readonly unknown[] };

/** A kind of search of `/docs/performance.md`, asked with the values of the n-th sample. */
export type LatencyKind = {
  readonly name: string;
  readonly question: (sample: Sample, terms: Terms) => Question;
};

type Terms = ReturnType<typeof termsOf>;

const loinc = 'http://loinc.org';
const snomed = 'http://snomed.info/sct';
const heartRate = { system: loinc, code: '8867-4' };
const bloodPressure = { system: loinc, code: '85354-9' };
const hypertension = { system: snomed, code: '59621000' };
const [patient, observation, encounter] = [typeKey('Patient'), typeKey('Observation'), typeKey('Encounter')];
const body = 'select r.body from';
const codeOf = ({ system, code }: { system: string; code: string }) => encodeURIComponent(`${system}|${code}`);
const prefix = (family: string) => family.slice(0, 3).toLowerCase();
/** The least text after all with a prefix. */
const after = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);

export const latencyKinds: readonly LatencyKind[] = [
  {
    name: 'patient and category, by -date',
    question: ({ id }, terms) => ({
      path: `Observation?patient=${id}&category=laboratory&_sort=-date&_count=50`,
      sql: `${body} (select rid, d_lo from sx where pt = $1 and tk = ${observation} and terms @> array[$2::int8]
        order by d_lo desc limit 50) p join res r using (rid) order by p.d_lo desc`,
      values: [terms.resource('Patient', id), terms.token('Observation', 'category', { code: 'laboratory' })],
    }),
  },
  {
    name: 'code and value above',
    question: ({ birthYear }, terms) => ({
      path: `Observation?code=${codeOf(heartRate)}&value-quantity=gt${60 + (birthYear % 30)}&_count=50`,
      sql: `${body} (select k.rid from kd k join qty q on q.rid = k.rid and q.p = $2 and q.lo > $3 where k.h = $1 limit 50) p
        join res r using (rid)`,
      values: [
        terms.token('Observation', 'code', heartRate),
        terms.parameter('Observation', 'value-quantity'),
        60 + (birthYear % 30),
      ],
    }),
  },
  {
    name: 'code and value above, by -date',
    question: ({ birthYear }, terms) => ({
      path: `Observation?code=${codeOf(heartRate)}&value-quantity=gt${60 + (birthYear % 30)}&_sort=-date&_count=50`,
      sql: `${body} (select k.rid, k.d from kd k where k.h = $1 and exists (select from qty q where q.rid = k.rid and q.p = $2
        and q.lo > $3 offset 0) order by k.d desc limit 50) p join res r using (rid) order by p.d desc`,
      values: [
        terms.token('Observation', 'code', heartRate),
        terms.parameter('Observation', 'value-quantity'),
        60 + (birthYear % 30),
      ],
    }),
  },
  {
    name: 'name prefix',
    question: ({ family }, terms) => ({
      path: `Patient?name=${encodeURIComponent(prefix(family))}&_count=50`,
      sql: `${body} (select distinct rid from str where p = $1 and val >= $2 and val < $3 order by rid limit 50) p
        join res r using (rid)`,
      values: [terms.parameter('Patient', 'name'), prefix(family), after(prefix(family))],
    }),
  },
  {
    name: 'birth date in a range',
    question: ({ birthYear }) => ({
      path: `Patient?birthdate=ge${birthYear}-03-01&birthdate=lt${birthYear}-06-01&_count=50`,
      sql: `${body} (select rid from sx where tk = ${patient} and d_lo >= $1 and d_lo < $2 order by rid limit 50) p
        join res r using (rid)`,
      values: [Date.UTC(birthYear, 2), Date.UTC(birthYear, 5)],
    }),
  },
  {
    name: 'identifier',
    question: ({ identifier: { system, value } }, terms) => ({
      path: `Patient?identifier=${encodeURIComponent(`${system}|${value}`)}`,
      sql: `${body} kd k join res r using (rid) where k.h = $1`,
      values: [terms.token('Patient', 'identifier', { system, code: value })],
    }),
  },
  {
    name: 'chained patient.name and code',
    question: ({ family }, terms) => ({
      path: `Observation?patient.name=${encodeURIComponent(family)}&code=${codeOf(bloodPressure)}&_count=50`,
      sql: `${body} (select x.rid from (select distinct rid from str where p = $1 and val >= $2 and val < $3) s
        join sx y on y.rid = s.rid join sx x on x.pt = y.idh and x.tk = ${observation}
        where x.terms @> array[$4::int8] limit 50) p join res r using (rid)`,
      values: [
        terms.parameter('Patient', 'name'),
        family.toLowerCase(),
        after(family.toLowerCase()),
        terms.token('Observation', 'code', bloodPressure),
      ],
    }),
  },
  {
    name: '_revinclude of encounters',
    question: ({ id }, terms) => ({
      path: `Patient?_id=${id}&_revinclude=Encounter:patient`,
      sql: `${body} res r join (select rid from sx where idh = $1 union all
        select rid from sx where pt = $1 and tk = ${encounter}) p using (rid)`,
      values: [terms.resource('Patient', id)],
    }),
  },
  {
    name: '_has of a condition',
    question: ({ family }, terms) => ({
      path: `Patient?name=${encodeURIComponent(prefix(family))}&_has:Condition:patient:code=${codeOf(hypertension)}&_count=50`,
      sql: `${body} (select y.rid from (select distinct rid from str where p = $1 and val >= $2 and val < $3) s
        join sx y on y.rid = s.rid where exists (select from sx c where c.pt = y.idh and c.tk = ${typeKey('Condition')}
        and c.terms @> array[$4::int8]) limit 50) p join res r using (rid)`,
      values: [
        terms.parameter('Patient', 'name'),
        prefix(family),
        after(prefix(family)),
        terms.token('Condition', 'code', hypertension),
      ],
    }),
  },
  {
    name: 'count by code',
    question: (_, terms) => ({
      path: `Observation?code=${codeOf(heartRate)}&_summary=count`,
      sql: 'select count(*) from kd where h = $1',
      values: [terms.token('Observation', 'code', heartRate)],
    }),
  },
  {
    name: "count of a patient's",
    question: ({ id }, terms) => ({
      path: `Observation?patient=${id}&_summary=count`,
      sql: `select count(*) from sx where pt = $1 and tk = ${observation}`,
      values: [terms.resource('Patient', id)],
    }),
  },
  {
    name: 'code, by -date',
    question: (_, terms) => ({
      path: `Observation?code=${codeOf(heartRate)}&_sort=-date&_count=50`,
      sql: `${body} (select rid, d from kd where h = $1 order by d desc limit 50) p join res r using (rid) order by p.d desc`,
      values: [terms.token('Observation', 'code', heartRate)],
    }),
  },
];
