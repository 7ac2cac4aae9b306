import { badRequest, type Coding, subsumption } from '@chartgate/fhir';
import type { Operation } from './operation.ts';
import type { OperationParameters } from './parameters.ts';
import { answerCodes, codeSystemAsked, parametersAnswer } from './terminology.ts';

/**
 * `CodeSystem/$subsumes`: whether one code includes another.
 * @see https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
 */
export const subsumes: Operation = {
  name: 'subsumes',
  definition: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes',
  on: [
    { level: 'type', types: ['CodeSystem'] },
    { level: 'instance', types: ['CodeSystem'] },
  ],
  affectsState: false,
  run: (request, context) =>
    answerCodes(context, async () => {
      const { parameters } = request;
      const [a, b] = [codingOf(parameters, 'A'), codingOf(parameters, 'B')];
      if (a.system !== undefined && b.system !== undefined && a.system !== b.system) {
        throw badRequest('$subsumes compares two codes of one code system; these are of two.');
      }
      const url = parameters.text('system') ?? a.system ?? b.system;
      const system = await codeSystemAsked(request, context, { url, version: parameters.text('version') });
      return parametersAnswer([{ name: 'outcome', valueCode: subsumption(system, a.code, b.code) }]);
    }),
};

function codingOf(parameters: OperationParameters, letter: 'A' | 'B'): Coding & { readonly code: string } {
  const coding = parameters.value(`coding${letter}`, 'Coding') as Coding | undefined;
  const code = parameters.text(`code${letter}`) ?? coding?.code;
  if (code === undefined) throw badRequest(`$subsumes needs code${letter}, or coding${letter} with a code.`);
  return { ...coding, code };
}
