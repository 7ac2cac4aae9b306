import { badRequest, type Coding, lookup as lookupCode } from '@chartgate/fhir';
import type { Operation } from './operation.ts';
import { answerCodes, codeSystemAsked, codingsAsked, parametersAnswer, refuse } from './terminology.ts';

/** `CodeSystem/$lookup`: what is known of a code. @see https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
export const lookup: Operation = {
  name: 'lookup',
  definition: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup',
  on: [{ level: 'type', types: ['CodeSystem'] }],
  affectsState: false,
  run: (request, context) =>
    answerCodes(context, async () => {
      const { parameters } = request;
      refuse(parameters, ['date']);
      const [coding = {} as Coding] = codingsAsked(parameters);
      const { system: url, code } = coding;
      if (code === undefined || url === undefined)
        throw badRequest('$lookup needs code and system, or a coding with both.');
      const version = parameters.text('version') ?? coding.version;
      const system = await codeSystemAsked(request, context, { url, version });
      return parametersAnswer(
        lookupCode(system, code, {
          displayLanguage: parameters.text('displayLanguage'),
          properties: parameters.texts('property'),
        }),
      );
    }),
};
