import type { Resource } from '@chartgate/fhir';

export type Random = {
  (): number;
  pick<T>(from: readonly T[]): T;
  maybe<T>(share: number, value: () => T): T | undefined;
};

/** The same numbers for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const maybe = <T>(share: number, value: () => T) => (next() < share ? value() : undefined);
  return Object.assign(next, { pick, maybe });
}

/** Words that SQL, LIKE patterns, arrays and URLs trip over, among plain ones. */
export const words = [
  'smith',
  'Smythe',
  'MÜLLER',
  'o\'brien"',
  "'; drop table sx; --",
  '100%',
  'a_b',
  'a\\b',
  '{1,2}',
  '$1',
  '/*',
  '\u{10ffff}end',
  'ab',
];
/** Those with a letter or a digit in them, as a text has. */
const spoken = words.filter((word) => /[a-z\d]/i.test(word));
export const codes = ['a', 'b', 'c', "c'd", 'e\\', '{f}', '%'];
export const systems = ['urn:s', 'urn:t', "urn:'"];
/** In order. */
export const dates = [
  '2019',
  '2020',
  '2020-02',
  '2020-02-29',
  '2020-02-29T12:00:00Z',
  '2020-03-01T00:00:00Z',
  '2021-06',
];
export const numbers = [-1, 0, 0.5, 1, 1.25, 5.4, 5.44, 100];

export const units = ['mg/dL', 'g/L', 'mg/L', 'mmol/L', 'mm[Hg]', 'Cel', '[degF]', '{score}', '%', 'no unit'];
export const uris = [
  'http://a.example/q',
  'http://a.example/q/',
  'http://a.example/q/r',
  'http://a.example/q/r/s',
  'http://a.example/q|1.0',
  'http://a.example/q|1.0.2',
  'http://a.example/qr',
  'urn:oid:1.2',
  'urn:oid:1.2.3',
];
/** So that what is derived is derived from nothing here. */
const elsewhere = (uri: string) => uri.replace('//a.', '//b.').replace('oid:1', 'oid:2');
export const ucum = 'http://unitsofmeasure.org';

/** Patients, observations and organizations that point at each other and hold few different values. */
export function randomResources(r: Random, count: number): Resource[] {
  const ids = Array.from({ length: count }, (_, i) => `r${i}`);
  const coding = () => ({
    ...r.maybe(0.8, () => ({ system: r.pick(systems) })),
    ...r.maybe(0.9, () => ({ code: r.pick(codes) })),
    ...r.maybe(0.3, () => ({ display: `${r.pick(words)} ${r.pick(words)}` })),
  });
  const concept = () => ({
    coding: [coding(), ...(r() < 0.3 ? [coding()] : [])],
    ...r.maybe(0.2, () => ({ text: r.pick(words) })),
  });
  const typed = () => ({
    type: { coding: [{ ...r.maybe(0.8, () => ({ system: r.pick(systems) })), code: r.pick(codes) }] },
  });
  const narrative = () => ({
    text: { status: 'additional', div: `<div xmlns="x"><b>${r.pick(words)}</b> a &amp; ${r.pick(words)}</div>` },
  });
  const identifiers = () => ({
    identifier: [
      { ...r.maybe(0.7, () => ({ system: r.pick(systems) })), value: r.pick(codes), ...r.maybe(0.4, typed) },
    ],
  });
  const amount = () => (r() < 0.5 ? measured() : quantity());
  const measured = () => ({
    value: r.pick(numbers),
    system: ucum,
    code: r.pick(units),
    ...r.maybe(0.2, () => ({ comparator: '<' })),
  });
  const component = () => ({
    code: concept(),
    ...(r() < 0.5 ? { valueQuantity: amount() } : { valueCodeableConcept: concept() }),
  });
  const value = () => {
    const kind = r();
    if (kind < 0.6) return { valueQuantity: amount() };
    if (kind < 0.8) return { valueCodeableConcept: concept() };
    if (kind < 0.85) return { valueSampledData: { origin: measured(), period: 1, dimensions: 1, data: '1 2 E 3' } };
    return kind < 0.95 ? { valueString: r.pick(words) } : { valueDateTime: r.pick(dates) };
  };
  const quantity = () => ({
    value: r.pick(numbers),
    ...r.maybe(0.6, () => ({ system: 'urn:u', code: r.pick(codes) })),
    ...r.maybe(0.6, () => ({ unit: r.pick(codes) })),
  });
  const when = () => {
    const [from, to] = [r(), r()].sort().map((at) => dates[Math.floor(at * dates.length)]);
    if (r() < 0.5) return { effectiveDateTime: from };
    return { effectivePeriod: { ...r.maybe(0.8, () => ({ start: from })), ...r.maybe(0.6, () => ({ end: to })) } };
  };
  const range = () => ({ low: { value: r.pick(numbers) }, high: { value: 200 } });
  return ids.map((id, i): Resource => {
    const at = (type: string) => ({
      reference: `${type}/${r.pick(ids.filter((_, j) => kinds[j % kinds.length] === type).slice(0, 60))}`,
    });
    const subject = () =>
      r() < 0.1
        ? { reference: `${at('Patient').reference}/_history/${r.pick(['1', '2'])}` }
        : r() < 0.9
          ? at('Patient')
          : { identifier: { system: r.pick(systems), value: r.pick(codes) } };
    switch (kinds[i % kinds.length]) {
      case 'Patient':
        return {
          resourceType: 'Patient',
          id,
          active: r() < 0.5,
          ...r.maybe(0.7, () => ({ name: [{ family: r.pick(words), given: [r.pick(words)] }] })),
          ...r.maybe(0.7, () => ({ birthDate: r.pick(dates.slice(0, 4)) })),
          ...r.maybe(0.3, () => ({ deceasedDateTime: r.pick(dates) })),
          ...r.maybe(0.5, identifiers),
          ...r.maybe(0.5, () => ({ managingOrganization: at('Organization') })),
        };
      case 'RiskAssessment':
        return {
          resourceType: 'RiskAssessment',
          id,
          status: 'final',
          subject: subject(),
          prediction: [r() < 0.5 ? { probabilityDecimal: r.pick(numbers) } : { probabilityRange: range() }],
        };
      case 'Organization':
        return {
          ...{ resourceType: 'Organization', id, name: r.pick(words) },
          ...r.maybe(0.5, identifiers),
          ...r.maybe(0.4, () => ({ partOf: at('Organization') })),
        };
      case 'Location':
        return {
          resourceType: 'Location',
          id,
          ...r.maybe(0.8, () => ({ position: { latitude: r() * 4 + 87, longitude: r() * 360 - 180 } })),
          ...r.maybe(0.5, () => ({ name: r.pick(words) })),
        };
      case 'ActivityDefinition':
        return {
          resourceType: 'ActivityDefinition',
          id,
          status: 'draft',
          ...r.maybe(0.8, () => ({ url: r.pick(uris) })),
          ...r.maybe(0.6, () => ({ relatedArtifact: [{ type: 'derived-from', resource: elsewhere(r.pick(uris)) }] })),
          useContext: [
            { code: { system: r.pick(systems), code: r.pick(codes) }, valueCodeableConcept: concept() },
            { code: { system: r.pick(systems), code: r.pick(codes) }, valueQuantity: measured() },
          ],
        };
      default:
        return {
          resourceType: 'Observation',
          id,
          status: r.pick(['final', 'amended']),
          code: { coding: [coding(), coding()], ...r.maybe(0.2, () => ({ text: r.pick(words) })) },
          ...r.maybe(0.3, narrative),
          ...r.maybe(0.3, () => ({ component: [component(), component()] })),
          ...r.maybe(0.8, () => ({ subject: subject() })),
          ...r.maybe(0.3, () => ({
            performer: [at('Organization'), { reference: 'https://else.example/Organization/1' }],
          })),
          ...r.maybe(0.8, when),
          ...r.maybe(0.8, value),
          ...r.maybe(0.3, () => ({ category: [{ coding: [coding()] }] })),
          ...r.maybe(0.3, () => ({ hasMember: [at('Observation'), at('Observation')] })),
        };
    }
  });
}

export const kinds = [
  'Patient',
  'Observation',
  'Organization',
  'RiskAssessment',
  'Location',
  'ActivityDefinition',
] as const;

const escaped = (text: string) => text.replace(/[\\$,|]/g, '\\$&');
const prefixes = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];

/** One parameter of a search on the type, `depth` links away from it: its name and value, as they stand in a URL before percent-encoding. */
export function randomParameter(r: Random, type: string, depth = 0): [name: string, value: string] {
  const some = (value: () => string) => Array.from({ length: r.pick([1, 1, 2, 3]) }, value).join(',');
  const token = () =>
    some(() =>
      r.pick([
        escaped(r.pick(codes)),
        `${r.pick(systems)}|${escaped(r.pick(codes))}`,
        `|${escaped(r.pick(codes))}`,
        `${r.pick(systems)}|`,
      ]),
    );
  const date = () => some(() => r.pick(prefixes) + r.pick(dates));
  const number = () => r.pick(prefixes) + r.pick(['-1', '0', '0.5', '1', '1.2', '5.4', '5.40', '1e2', '6']);
  const word = () => some(() => escaped(r.pick([r.pick(words), r.pick(words).slice(0, 2)])));
  const unit = () =>
    r.pick(['', `|urn:u|${escaped(r.pick(codes))}`, `||${escaped(r.pick(codes))}`, `|${ucum}|${r.pick(units)}`]);
  const quantity = () => some(() => number() + unit());
  const code = () =>
    r.pick([escaped(r.pick(codes)), `${r.pick(systems)}|${escaped(r.pick(codes))}`, `|${escaped(r.pick(codes))}`]);
  const pair = (second: () => string) => () => some(() => `${code()}$${second()}`);
  const text = () =>
    escaped(
      r.pick([
        r.pick(spoken),
        `"${r.pick(spoken)} ${r.pick(spoken)}"`,
        `${r.pick(spoken)} -${r.pick(spoken)}`,
        `${r.pick(spoken)} or ${r.pick(spoken)}`,
      ]),
    );
  const start = () =>
    some(() => escaped(r.pick([r.pick(spoken), r.pick(spoken).slice(0, 4)].filter((one) => /[a-z\d]/i.test(one)))));
  const uri = () => escaped(r.pick(uris)).replace('\\|', '|');
  const place = () =>
    `${r.pick(['87', '89.9', '90'])}|${r.pick(['-180', '0', '179.5'])}|${r.pick(['10', '300', '500|[mi_i]', '2000'])}`;
  const id = () => `r${Math.floor(r() * 120)}`;
  const own = {
    Patient: [
      ['family', word],
      ['name:contains', word],
      ['given:exact', word],
      ['birthdate', date],
      ['death-date', date],
      ['identifier', token],
      ['identifier:not', token],
      [
        'identifier:of-type',
        () => some(() => `${r.pick([...systems, ''])}|${escaped(r.pick(codes))}|${escaped(r.pick(codes))}`),
      ],
      ['identifier:text', start],
      ['family:contains', word],
      ['_content', text],
      ['active', () => r.pick(['true', 'false'])],
      ['organization', id],
      ['birthdate:missing', () => r.pick(['true', 'false'])],
      ['_id', () => some(id)],
      ['_lastUpdated', date],
    ],
    Observation: [
      ['code', token],
      ['code', token],
      ['code:not', token],
      ['category', token],
      ['status', () => 'amended'],
      ['date', date],
      ['value-quantity', quantity],
      ['subject', () => some(() => `Patient/${id()}`)],
      ['patient', () => some(id)],
      ['subject:identifier', token],
      ['performer', () => 'https://else.example/Organization/1'],
      ['performer:missing', () => r.pick(['true', 'false'])],
      ['combo-code', token],
      ['code:text', start],
      ['combo-code:text', start],
      ['value-concept:text', start],
      ['code:in', () => r.pick(['http://vs.example/ab', 'http://vs.example/none'])],
      ['code:not-in', () => r.pick(['http://vs.example/ab', 'http://vs.example/none'])],
      ['code:below', () => `urn:s|${r.pick(['a', 'b', 'c'])}`],
      ['code:above', () => `urn:s|${r.pick(['a', 'b', 'c'])}`],
      ['subject', () => `Patient/${id()}/_history/${r.pick(['1', '2'])}`],
      ['code-value-quantity', pair(() => number() + unit())],
      ['combo-code-value-quantity', pair(() => number() + unit())],
      ['component-code-value-quantity', pair(() => number() + unit())],
      ['code-value-concept', pair(code)],
      ['combo-code-value-concept', pair(code)],
      ['component-code-value-concept', pair(code)],
      ['code-value-string', pair(() => escaped(r.pick(words).slice(0, 3)))],
      ['code-value-date', pair(() => r.pick(prefixes) + r.pick(dates))],
      ['component-code-value-quantity:missing', () => r.pick(['true', 'false'])],
      ['_text', text],
      ['_content', text],
    ],
    Organization: [
      ['name', word],
      ['name:exact', word],
      ['identifier', token],
      ['_lastUpdated', date],
    ],
    Location: [
      ['near', () => some(place)],
      ['near:missing', () => r.pick(['true', 'false'])],
      ['name', word],
    ],
    ActivityDefinition: [
      ['url', () => some(uri)],
      ['url:below', () => some(uri)],
      ['url:above', () => some(uri)],
      ['derived-from', () => some(() => elsewhere(uri()))],
      ['derived-from:below', () => some(() => elsewhere(uri()))],
      ['derived-from:above', () => some(() => elsewhere(uri()))],
      ['context-type-value', pair(code)],
      ['context-type-quantity', pair(() => number() + unit())],
    ],
    RiskAssessment: [
      ['probability', () => some(number)],
      ['subject', () => `Patient/${id()}`],
    ],
  } as const satisfies Record<(typeof kinds)[number], readonly (readonly [string, () => string])[]>;
  const from: readonly (readonly [string, string])[] = links[type as keyof typeof links];
  if (from.length > 0 && r() < (linkChances[depth] ?? 0)) {
    const [link, far] = r.pick(from);
    const [name, value] = randomParameter(r, far, depth + 1);
    return [`${link}${name}`, value];
  }
  const [name, value] = r.pick<readonly [string, () => string]>(own[type as keyof typeof own]);
  return [name, value()];
}

/** How likely another link is, the more there are. */
const linkChances = [0.3, 0.5, 0.5, 0.3, 0];

/** Links from each type: what stands in front of a parameter, and the type it is then of. */
const links = {
  Patient: [
    ['organization.', 'Organization'],
    ['organization:Organization.', 'Organization'],
    ['_has:Observation:subject:', 'Observation'],
    ['_has:RiskAssessment:subject:', 'RiskAssessment'],
  ],
  Observation: [
    ['subject:Patient.', 'Patient'],
    ['patient.', 'Patient'],
    ['performer:Organization.', 'Organization'],
    ['has-member:Observation.', 'Observation'],
    ['_has:Observation:has-member:', 'Observation'],
  ],
  Organization: [
    ['partof.', 'Organization'],
    ['_has:Organization:partof:', 'Organization'],
    ['_has:Patient:organization:', 'Patient'],
    ['_has:Observation:performer:', 'Observation'],
  ],
  RiskAssessment: [
    ['subject:Patient.', 'Patient'],
    ['patient.', 'Patient'],
  ],
  ...{ Location: [], ActivityDefinition: [] },
} as const satisfies Record<(typeof kinds)[number], readonly (readonly [string, (typeof kinds)[number]])[]>;

/** Parameters that bring other resources, one to three of them. @param type the type that is searched */
export function randomIncludes(r: Random, type: string): readonly [name: string, value: string][] {
  return Array.from({ length: r.pick([1, 2, 3]) }, () => {
    const again = r() < 0.6;
    const [name, values] = r() < 0.5 ? (['_include', forward] as const) : (['_revinclude', backward] as const);
    const fitting = values.filter(([from, value]) => again || from === type || value === '*');
    const [, value = '*'] = fitting.length > 0 ? r.pick(fitting) : [];
    return [`${name}${again ? r.pick([':iterate', ':recurse']) : ''}`, value];
  });
}

/** The type that must be there already, and the value. */
const forward = [
  ['', '*'],
  ['Patient', 'Patient:organization'],
  ['Patient', 'Patient:*'],
  ['Observation', 'Observation:subject'],
  ['Observation', 'Observation:subject:Patient'],
  ['Observation', 'Observation:has-member'],
  ['Observation', 'Observation:*:Organization'],
  ['Organization', 'Organization:partof'],
  ['RiskAssessment', 'RiskAssessment:patient'],
] as const;

const backward = [
  ['', '*'],
  ['Patient', 'Observation:patient'],
  ['Patient', 'Observation:*'],
  ['Patient', 'RiskAssessment:subject'],
  ['Patient', 'Observation:subject:Patient'],
  ['Organization', 'Patient:organization'],
  ['Organization', 'Organization:partof'],
  ['Observation', 'Observation:has-member'],
] as const;
