import { concept, snomed } from './system.ts';

const procedure = (code: string, display: string) => concept(snomed(code, display));

export const procedures = {
  colonoscopy: procedure('73761001', 'Colonoscopy (procedure)'),
  mammography: procedure('71651007', 'Mammography (procedure)'),
  electrocardiogram: procedure('29303009', 'Electrocardiographic procedure (procedure)'),
  depressionScreening: procedure('171207006', 'Depression screening (procedure)'),
  reconciliation: procedure('430193006', 'Medication reconciliation (procedure)'),
  chestImage: procedure('399208008', 'Plain X-ray of chest (procedure)'),
  spirometry: procedure('127783003', 'Spirometry (procedure)'),
  footExamination: procedure('401191002', 'Diabetic foot examination (regime/therapy)'),
  fundalHeight: procedure('274804006', 'Evaluation of uterine fundal height (procedure)'),
  vaginalDelivery: procedure('177184002', 'Normal delivery procedure (procedure)'),
  cesarean: procedure('11466000', 'Cesarean section (procedure)'),
  immobilization: procedure('274474001', 'Bone immobilization (procedure)'),
  kneeReplacement: procedure('609588000', 'Total knee replacement (procedure)'),
  pacemaker: procedure('307280005', 'Implantation of cardiac pacemaker (procedure)'),
} as const;

export type ProcedureKey = keyof typeof procedures;

/** Orders other than laboratory tests. */
export const orderCategories = {
  imaging: procedure('363679005', 'Imaging (procedure)'),
  surgical: procedure('387713003', 'Surgical procedure (procedure)'),
  counselling: procedure('409063005', 'Counselling (procedure)'),
} as const;
