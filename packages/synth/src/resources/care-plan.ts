import type { Reference } from '../bundle.ts';
import { type Chart, type Draft, fullName, refer } from '../chart.ts';
import { dateText, dayOf, monthDays } from '../date.ts';
import { assessPlan, type CareProgram } from '../tables/plans.ts';
import { specialties } from '../tables/specialties.ts';
import { coding, concept, snomed, system } from '../tables/system.ts';
import type { Visit } from '../visit.ts';

const patientRole = concept(snomed('116154003', 'Patient (person)'));
const caregiver = concept(snomed('133932002', 'Caregiver (person)'));
const inProgress = concept(coding(`${system.terminology}/goal-achievement`, 'in-progress', 'In Progress'));

/** Patient, primary clinician and, where one is known, a relative. Specialists join later: see `joinCareTeam`. */
export function addCareTeam(chart: Chart, relative: Reference | undefined): void {
  const { patient, primary, person } = chart;
  chart.add('CareTeam', 'us-core-careteam', {
    status: person.death === undefined ? 'active' : 'inactive',
    name: `Care team of ${fullName(person)}`,
    subject: patient,
    period: { start: dateText(chart.begin), ...(person.death !== undefined && { end: dateText(dayOf(person.death)) }) },
    participant: [
      { role: [patientRole], member: patient },
      {
        role: [specialties[primary.specialty].teamRole],
        member: primary.practitioner,
        onBehalfOf: primary.site.organization,
      },
      ...(relative ? [{ role: [caregiver], member: relative }] : []),
    ],
    managingOrganization: [primary.site.organization],
  });
}

export function joinCareTeam(visit: Visit): void {
  const { chart, clinician } = visit;
  const team = chart.drafts.find((draft) => draft.resourceType === 'CareTeam');
  const participants = team?.participant as { member: Reference }[];
  if (participants.some(({ member }) => member.reference === clinician.practitioner.reference)) return;
  participants.push({
    role: [specialties[clinician.specialty].teamRole],
    member: clinician.practitioner,
  } as (typeof participants)[number]);
}

/** A plan with its goal; `problem` is the condition it is for. */
export function addCarePlan(visit: Visit, program: CareProgram, problem?: Draft): void {
  const { chart, day, random } = { ...visit, random: visit.chart.random };
  const start = dateText(day);
  const over = chart.person.death !== undefined;
  const goal = chart.add('Goal', 'us-core-goal', {
    lifecycleStatus: over ? 'cancelled' : 'active',
    achievementStatus: inProgress,
    description: { text: program.goal },
    subject: chart.patient,
    startDate: start,
    target: [{ dueDate: dateText(day + Math.round(random.int(6, 12) * monthDays)) }],
    ...(problem && { addresses: [refer(problem)] }),
  });
  const team = chart.drafts.find((draft) => draft.resourceType === 'CareTeam');
  const items = program.activities.map((activity) => `<li>${activity.text}</li>`).join('');
  chart.add('CarePlan', 'us-core-careplan', {
    text: {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${program.category.text}</p><ul>${items}</ul></div>`,
    },
    status: over ? 'completed' : 'active',
    intent: 'plan',
    category: [assessPlan, program.category],
    subject: chart.patient,
    encounter: visit.encounter,
    period: { start, ...(over && { end: dateText(dayOf(chart.end)) }) },
    author: visit.clinician.practitioner,
    ...(team && { careTeam: [refer(team)] }),
    ...(problem && { addresses: [refer(problem)] }),
    goal: [refer(goal)],
    activity: program.activities.map((code) => ({ detail: { code, status: over ? 'completed' : 'in-progress' } })),
  });
}
