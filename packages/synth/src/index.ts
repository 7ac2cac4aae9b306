export type { Reference, SyntheticResource, TransactionBundle, TransactionEntry } from './bundle.ts';
export { type PatientsOptions, patients } from './patients.ts';
export { type ShowcaseOptions, showcase } from './showcase/showcase.ts';
export { type SupportingOptions, supportingBundle } from './supporting.ts';
