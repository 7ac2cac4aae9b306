import { type CodeDomain, codeSystemDomain, validateCode as validateCodings, valueSetDomain } from '@chartgate/fhir';
import type { FhirContext } from '../interaction/dispatch.ts';
import type { Operation, OperationRequest } from './operation.ts';
import {
  answerCodes,
  codeSystemAsked,
  codingsAsked,
  parametersAnswer,
  refuse,
  valueSetAsked,
  valueSetsIn,
} from './terminology.ts';

const types = ['ValueSet', 'CodeSystem'];

/**
 * `$validate-code`: whether a code is in a value set, or in a code system.
 * @see https://hl7.org/fhir/R4/valueset-operation-validate-code.html
 * @see https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
 */
export const validateCode: Operation = {
  name: 'validate-code',
  definition: 'http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code',
  on: [
    { level: 'type', types },
    { level: 'instance', types },
  ],
  affectsState: false,
  run: (request, context) =>
    answerCodes(context, async () => {
      const { parameters } = request;
      refuse(parameters, ['context', 'date', 'systemVersion']);
      const isValueSet = request.type === 'ValueSet';
      const domain = isValueSet ? await inValueSet(request, context) : await inCodeSystem(request, context);
      const codings = isValueSet ? codingsAsked(parameters) : codingsAsked(parameters, parameters.text('url'));
      const { result, message, display } = validateCodings(domain, codings, {
        abstract: parameters.boolean('abstract'),
        displayLanguage: parameters.text('displayLanguage'),
      });
      return parametersAnswer([
        { name: 'result', valueBoolean: result },
        ...(message === undefined ? [] : [{ name: 'message', valueString: message }]),
        ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
      ]);
    }),
};

async function inValueSet(request: OperationRequest, context: FhirContext): Promise<CodeDomain> {
  const valueSet = await valueSetAsked(request, context);
  return valueSetDomain(valueSet.url, valueSetsIn(context).of(valueSet));
}

async function inCodeSystem(request: OperationRequest, context: FhirContext): Promise<CodeDomain> {
  const { parameters } = request;
  const asked = { url: parameters.text('url') ?? codingSystem(request), version: parameters.text('version') };
  return codeSystemDomain(await codeSystemAsked(request, context, asked));
}

/** A Coding names its code system itself. */
function codingSystem({ parameters }: OperationRequest): string | undefined {
  const system = parameters.value('coding', 'Coding')?.system;
  return typeof system === 'string' ? system : undefined;
}
