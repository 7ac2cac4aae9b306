import { home, type Reference } from '../bundle.ts';
import { birthText, type Chart, refer } from '../chart.ts';
import { dateText, dayOf, timeText, yearDays } from '../date.ts';
import { addressOf, familyOf, mailOf, phoneOf } from '../network.ts';
import { givenNames, suffixes } from '../tables/names.ts';
import { type PayerKey, payers } from '../tables/organizations.ts';
import { birthSexes, maritalStatuses, relationships } from '../tables/people.ts';
import { coding, concept, system } from '../tables/system.ts';
import { addAllergies } from './allergy.ts';
import { addCareTeam } from './care-plan.ts';
import { addProvenance } from './provenance.ts';

/** What is known of a patient before the first visit that is told: the person, family, insurance, allergies, care team. */
export function registerPatient(chart: Chart): void {
  addPatient(chart);
  addCoverage(chart);
  const relative = addRelatedPerson(chart);
  addAllergies(chart);
  addCareTeam(chart, relative);
  addProvenance(chart, chart.drafts.slice(), timeText(chart.begin * 86_400 + 8 * 3600), chart.primary);
}

const extension = 'http://hl7.org/fhir/us/core/StructureDefinition';
const testData = Object.freeze([coding(system.actReason, 'HTEST', 'test health data')]);
const recordNumber = concept(coding(system.identifierType, 'MR', 'Medical record number'));
const memberNumber = concept(coding(system.identifierType, 'MB', 'Member Number'));

function addPatient(chart: Chart): void {
  const { person, random, network } = chart;
  const address = addressOf(random, network.place);
  const draft = chart.add(
    'Patient',
    'us-core-patient',
    {
      extension: patientExtensions(chart),
      identifier: [
        { use: 'usual', type: recordNumber, system: `${home}/mrn`, value: `SYN-${random.digits(8)}` },
        { use: 'official', system: `${home}/patient`, value: chart.patientId },
      ],
      active: true,
      name: names(chart),
      telecom: [
        phoneOf(random, network.place, random.chance(0.6) ? 'mobile' : 'home'),
        mailOf(person.given[0], person.family, 'home'),
      ],
      gender: person.sex,
      birthDate: birthText(person),
      ...(person.death !== undefined && { deceasedDateTime: timeText(person.death) }),
      address: [{ ...address, period: { start: dateText(Math.max(person.birth, chart.begin - random.int(0, 2000))) } }],
      maritalStatus: maritalStatuses[person.marital],
      communication: [{ language: person.language.concept, preferred: true }],
      generalPractitioner: [chart.primary.practitioner],
      managingOrganization: chart.primary.site.organization,
    },
    chart.patientId,
  );
  draft.meta = { ...draft.meta, security: testData };
}

function patientExtensions({ person }: Chart): object[] {
  const { race, ethnicity } = person;
  const sex = birthSexes[person.sex];
  const categories = (name: string, of: { category: { display: string }; detailed?: unknown }) => ({
    url: `${extension}/${name}`,
    extension: [
      { url: 'ombCategory', valueCoding: of.category },
      ...(of.detailed ? [{ url: 'detailed', valueCoding: of.detailed }] : []),
      { url: 'text', valueString: of.category.display },
    ],
  });
  return [
    categories('us-core-race', race),
    categories('us-core-ethnicity', ethnicity),
    { url: `${extension}/us-core-birthsex`, valueCode: sex.code },
    { url: `${extension}/us-core-sex`, valueCode: sex.sex },
    { url: `${extension}/us-core-genderIdentity`, valueCodeableConcept: sex.identity },
    ...('tribe' in race
      ? [
          {
            url: `${extension}/us-core-tribal-affiliation`,
            extension: [{ url: 'tribalAffiliation', valueCodeableConcept: race.tribe }],
          },
        ]
      : []),
  ];
}

function names({ person, random }: Chart): object[] {
  const suffix = person.sex === 'male' && random.chance(0.08) ? [random.pick(suffixes)] : undefined;
  const name = { use: 'official', family: person.family, given: person.given, ...(suffix && { suffix }) };
  if (!person.maiden) return [name];
  const { family, until } = person.maiden;
  return [name, { use: 'old', family, given: person.given, period: { end: dateText(until) } }];
}

function addCoverage(chart: Chart): void {
  const { random, person } = chart;
  const payer = payerOf(chart);
  const member = random.digits(10);
  const start = dateText(Math.max(person.birth, chart.begin - random.int(0, 1500)));
  const plan = random.pick(['Gold', 'Silver', 'Bronze']);
  chart.add('Coverage', 'us-core-coverage', {
    identifier: [{ type: memberNumber, system: `${home}/member`, value: member }],
    status: person.death === undefined ? 'active' : 'cancelled',
    type: payers[payer].coverage,
    subscriberId: member,
    beneficiary: chart.patient,
    relationship: concept(coding(`${system.terminology}/subscriber-relationship`, 'self', 'Self')),
    period: { start, ...(person.death !== undefined && { end: dateText(dayOf(person.death)) }) },
    payor: [chart.network.payers[payer]],
    class: [
      { type: coverageClass('group', 'Group'), value: `G${random.digits(5)}`, name: 'Example employers' },
      { type: coverageClass('plan', 'Plan'), value: plan.toLowerCase(), name: `${plan} plan` },
    ],
  });
}

function coverageClass(code: string, display: string) {
  return concept(coding(`${system.terminology}/coverage-class`, code, display));
}

function payerOf({ person, random, end }: Chart): PayerKey {
  const years = (dayOf(end) - person.birth) / yearDays;
  if (years >= 65) return 'medicare';
  return random.chance(years < 18 ? 0.38 : 0.17) ? 'medicaid' : 'commercial';
}

/** A parent of a child, the spouse of who is married, a grown child of who is old; nobody for some. */
function addRelatedPerson(chart: Chart): Reference | undefined {
  const { person, random, network } = chart;
  const years = (dayOf(chart.end) - person.birth) / yearDays;
  const kinship = kinshipAt(chart, years);
  if (!kinship) return undefined;
  const gender = kinship === 'mother' || kinship === 'daughter' ? 'female' : 'male';
  const sex = kinship === 'spouse' ? (person.sex === 'female' ? 'male' : 'female') : gender;
  const given = random.pick(givenNames[sex]);
  const family = random.chance(0.8) ? person.family : familyOf(random);
  return {
    ...refer(
      chart.add('RelatedPerson', 'us-core-relatedperson', {
        active: true,
        patient: chart.patient,
        relationship: [relationships[kinship]],
        name: [{ use: 'official', family, given: [given] }],
        telecom: [phoneOf(random, network.place, 'mobile'), mailOf(given, family, 'home')],
        gender: sex,
        address: [addressOf(random, network.place)],
        period: { start: dateText(chart.begin) },
      }),
    ),
    display: `${given} ${family}`,
  };
}

function kinshipAt({ person, random }: Chart, years: number): keyof typeof relationships | undefined {
  if (years < 18) return random.chance(0.75) ? 'mother' : 'father';
  if (person.marital === 'married') return random.chance(0.6) ? 'spouse' : undefined;
  if (years > 65) return random.chance(0.6) ? random.pick(['daughter', 'son'] as const) : undefined;
  return undefined;
}
