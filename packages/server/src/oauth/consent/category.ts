import { filtersOf, type ResourceScope } from '@chartgate/fhir';

/** A kind of Condition or Observation that a user can leave out by itself. */
export type Category = {
  readonly type: 'Condition' | 'Observation';
  /** As a scope writes it: `http://…|laboratory`. */
  readonly value: string;
  /** In everyday words, to stand after "your" or at the beginning of a line. */
  readonly words: string;
};

const condition = 'http://terminology.hl7.org/CodeSystem/condition-category';
const concern = 'http://hl7.org/fhir/us/core/CodeSystem/condition-category';
const observation = 'http://terminology.hl7.org/CodeSystem/observation-category';
const core = 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category';

/**
 * The categories that US Core wants to be told apart. (A clinical test has the category "procedure".)
 * @see https://hl7.org/fhir/us/core/STU7/scopes.html
 */
export const categories: readonly Category[] = [
  { type: 'Condition', value: `${condition}|encounter-diagnosis`, words: 'diagnoses made at a visit' },
  { type: 'Condition', value: `${condition}|problem-list-item`, words: 'list of health problems' },
  { type: 'Condition', value: `${concern}|health-concern`, words: 'health concerns' },
  { type: 'Observation', value: `${observation}|laboratory`, words: 'results from the lab' },
  {
    type: 'Observation',
    value: `${observation}|procedure`,
    words: 'results of other tests, such as of heart or lungs',
  },
  { type: 'Observation', value: `${observation}|vital-signs`, words: 'vital signs, such as blood pressure and weight' },
  { type: 'Observation', value: `${observation}|social-history`, words: 'habits, such as smoking' },
  { type: 'Observation', value: `${core}|sdoh`, words: 'living conditions, such as housing and food' },
  { type: 'Observation', value: `${observation}|survey`, words: 'answers to health questions' },
];

export function categoriesOf(type: string): readonly Category[] {
  return categories.filter((category) => category.type === type);
}

/** The category that a granular scope names and nothing else; undefined where it says more or another thing. */
export function categoryOf(scope: ResourceScope): Category | undefined {
  const [filter, ...others] = filtersOf(scope).keys();
  if (filter === undefined || others.length > 0) return undefined;
  return categoriesOf(scope.type).find(({ value }) => filter === new URLSearchParams({ category: value }).toString());
}
