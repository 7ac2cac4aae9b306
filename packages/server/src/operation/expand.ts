import { expand as expandValueSet } from '@chartgate/fhir';
import type { Operation } from './operation.ts';
import { answerCodes, refuse, valueSetAsked, valueSetsIn } from './terminology.ts';

const unsupported = [
  'context',
  'contextDirection',
  'date',
  'designation',
  'profile',
  'system-version',
  'check-system-version',
  'force-system-version',
];

/** `$expand`: the codes of a value set. @see https://hl7.org/fhir/R4/valueset-operation-expand.html */
export const expand: Operation = {
  name: 'expand',
  definition: 'http://hl7.org/fhir/OperationDefinition/ValueSet-expand',
  on: [
    { level: 'type', types: ['ValueSet'] },
    { level: 'instance', types: ['ValueSet'] },
  ],
  affectsState: false,
  body: 'valueSet',
  run: (request, context) =>
    answerCodes(context, async () => {
      const { parameters } = request;
      refuse(parameters, unsupported);
      const valueSet = await valueSetAsked(request, context);
      const expanded = expandValueSet(valueSet, valueSetsIn(context).of(valueSet), {
        filter: parameters.text('filter'),
        offset: parameters.count('offset'),
        count: parameters.count('count'),
        activeOnly: parameters.boolean('activeOnly'),
        includeDesignations: parameters.boolean('includeDesignations'),
        includeDefinition: parameters.boolean('includeDefinition'),
        excludeAbstract: parameters.boolean('excludeNotForUI'),
        displayLanguage: parameters.text('displayLanguage'),
        excludeSystem: parameters.texts('exclude-system'),
        now: Date.now(),
      });
      return { status: 200, body: JSON.stringify(expanded) };
    }),
};
