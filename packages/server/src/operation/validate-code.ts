import {
  type CodeDomain,
  type Coding,
  codeSystemDomain,
  validateCode as validateCodings,
  valueSetDomain,
} from '@chartgate/fhir';
import type { Answer } from '../interaction/answer.ts';
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

/**
 * `ValueSet/$validate-code`: whether a code is in a value set.
 * @see https://hl7.org/fhir/R4/valueset-operation-validate-code.html
 */
export const validateCodeOfValueSet: Operation = {
  ...validateCodeOf('ValueSet'),
  run: (request, context) => answer(request, context, inValueSet),
};

/**
 * `CodeSystem/$validate-code`: whether a code is one of a code system.
 * @see https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
 */
export const validateCodeOfCodeSystem: Operation = {
  ...validateCodeOf('CodeSystem'),
  run: (request, context) => answer(request, context, inCodeSystem),
};

function validateCodeOf(type: 'ValueSet' | 'CodeSystem') {
  const on = (['type', 'instance'] as const).map((level) => ({ level, types: [type] }));
  const definition = `http://hl7.org/fhir/OperationDefinition/${type}-validate-code`;
  return { name: 'validate-code', definition, on, affectsState: false };
}

/** The codings that are asked about, and where. */
type Question = { readonly domain: CodeDomain; readonly codings: readonly Coding[] };

function answer(
  request: OperationRequest,
  context: FhirContext,
  questionOf: (request: OperationRequest, context: FhirContext) => Promise<Question>,
): Promise<Answer> {
  return answerCodes(context, async () => {
    const { parameters } = request;
    refuse(parameters, ['context', 'date', 'systemVersion']);
    const { domain, codings } = await questionOf(request, context);
    const { result, message, display } = validateCodings(domain, codings, {
      abstract: parameters.boolean('abstract'),
      displayLanguage: parameters.text('displayLanguage'),
    });
    return parametersAnswer([
      { name: 'result', valueBoolean: result },
      ...(message === undefined ? [] : [{ name: 'message', valueString: message }]),
      ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
    ]);
  });
}

async function inValueSet(request: OperationRequest, context: FhirContext): Promise<Question> {
  const valueSet = await valueSetAsked(request, context);
  const domain = valueSetDomain(valueSet.url, valueSetsIn(context).of(valueSet));
  return { domain, codings: codingsAsked(request.parameters) };
}

async function inCodeSystem(request: OperationRequest, context: FhirContext): Promise<Question> {
  const { parameters } = request;
  const url = parameters.text('url');
  const asked = { url: url ?? codingSystem(request), version: parameters.text('version') };
  const domain = codeSystemDomain(await codeSystemAsked(request, context, asked));
  return { domain, codings: codingsAsked(parameters, url) };
}

/** A Coding names its code system itself. */
function codingSystem({ parameters }: OperationRequest): string | undefined {
  const system = parameters.value('coding', 'Coding')?.system;
  return typeof system === 'string' ? system : undefined;
}
