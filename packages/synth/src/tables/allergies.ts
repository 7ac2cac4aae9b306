import { coding, concept, snomed, system } from './system.ts';

const substance = (code: string, display: string) => concept(snomed(code, display));
const reaction = (code: string, display: string) => concept(snomed(code, display));

const rash = reaction('271807003', 'Eruption of skin (disorder)');
const wheal = reaction('247472004', 'Wheal (finding)');
const sneezing = reaction('76067001', 'Sneezing (finding)');
const anaphylaxis = reaction('39579001', 'Anaphylaxis (disorder)');
const cough = reaction('49727002', 'Cough (finding)');

/** What people are allergic to. `high` criticality brings an epinephrine prescription. */
export const allergies = [
  {
    weight: 8,
    substance: concept(coding(system.rxnorm, '7984', 'Penicillin V')),
    category: 'medication',
    type: 'allergy',
    criticality: 'low',
    reaction: rash,
    severity: 'moderate',
  },
  {
    weight: 3,
    substance: concept(coding(system.rxnorm, '29046', 'Lisinopril')),
    category: 'medication',
    type: 'intolerance',
    criticality: 'low',
    reaction: cough,
    severity: 'mild',
  },
  {
    weight: 4,
    substance: substance('762952008', 'Peanut (substance)'),
    category: 'food',
    type: 'allergy',
    criticality: 'high',
    reaction: anaphylaxis,
    severity: 'severe',
  },
  {
    weight: 3,
    substance: substance('735029006', 'Shellfish (substance)'),
    category: 'food',
    type: 'allergy',
    criticality: 'high',
    reaction: wheal,
    severity: 'moderate',
  },
  {
    weight: 3,
    substance: substance('3718001', "Cow's milk (substance)"),
    category: 'food',
    type: 'intolerance',
    criticality: 'low',
    reaction: rash,
    severity: 'mild',
  },
  {
    weight: 6,
    substance: substance('256277009', 'Grass pollen (substance)'),
    category: 'environment',
    type: 'allergy',
    criticality: 'low',
    reaction: sneezing,
    severity: 'mild',
  },
  {
    weight: 5,
    substance: substance('264287008', 'Animal dander (substance)'),
    category: 'environment',
    type: 'allergy',
    criticality: 'low',
    reaction: sneezing,
    severity: 'mild',
  },
  {
    weight: 4,
    substance: substance('260147004', 'House dust mite (organism)'),
    category: 'environment',
    type: 'allergy',
    criticality: 'low',
    reaction: sneezing,
    severity: 'mild',
  },
  {
    weight: 2,
    substance: substance('288328004', 'Bee venom (substance)'),
    category: 'environment',
    type: 'allergy',
    criticality: 'high',
    reaction: anaphylaxis,
    severity: 'severe',
  },
  {
    weight: 2,
    substance: substance('111088007', 'Latex (substance)'),
    category: 'environment',
    type: 'allergy',
    criticality: 'low',
    reaction: wheal,
    severity: 'mild',
  },
] as const;

export const noKnownAllergy = concept(snomed('716186003', 'No known allergy (situation)'));
