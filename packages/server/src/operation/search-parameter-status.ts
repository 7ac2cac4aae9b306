import type { SearchParameter } from '@chartgate/fhir';
import type { IndexingProgress } from '../store/parameter-ports.ts';
import type { Operation } from './operation.ts';

/**
 * `SearchParameter/$status` (ours): the search parameters beside R4's own, whether they can be searched by yet, how far
 * the indexing of their types is, and which SearchParameter resources cannot be used and why.
 */
export const searchParameterStatus: Operation = {
  name: 'status',
  definition: 'https://chartgate.dev/fhir/OperationDefinition/SearchParameter-status',
  on: [{ level: 'type', types: ['SearchParameter'] }],
  affectsState: false,
  run: async (_request, { rights, indexing }) => {
    rights.require({ code: 'search-type', type: 'SearchParameter', query: everything });
    const { parameters, progress, unusable } = await indexing.status();
    const parameter = [
      ...parameters.map((one) => ({ name: 'parameter', part: parameterParts(one, progress) })),
      ...unusable.map(({ url, problem }) => ({
        name: 'unusable',
        part: [
          { name: 'url', valueUri: url },
          { name: 'problem', valueString: problem },
        ],
      })),
    ];
    const list = parameter.length === 0 ? {} : { parameter };
    return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', ...list }) };
  },
};

const everything = { type: 'SearchParameter', criteria: [], include: [], revinclude: [], sort: [], count: 0 };

function parameterParts(
  { url, resourceType, code, isIndexing }: SearchParameter,
  progress: readonly IndexingProgress[],
): readonly object[] {
  const under = isIndexing && progress.find(({ type }) => type === resourceType);
  return [
    { name: 'url', valueUri: url },
    { name: 'type', valueCode: resourceType },
    { name: 'code', valueCode: code },
    { name: 'status', valueCode: isIndexing ? 'indexing' : 'active' },
    ...(under
      ? [
          { name: 'done', valueUnsignedInt: under.done },
          { name: 'total', valueUnsignedInt: under.total },
        ]
      : []),
  ];
}
