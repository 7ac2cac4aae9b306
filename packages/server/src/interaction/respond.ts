import type { StoredVersion } from '../store/ports.ts';
import { answerWrite } from './answer.ts';
import { dispatchRead } from './dispatch.ts';
import { type EntryOptions, responseEntry } from './entry.ts';
import type { FhirContext } from './request.ts';
import type { Step } from './step.ts';
import type { Store } from './transaction.ts';

type Done = {
  /** What the step wrote. */
  readonly stored: StoredVersion | undefined;
  readonly isHead: boolean;
  readonly options: EntryOptions;
};

/** The response to an entry of a transaction. Reads happen here: after everything is written. */
export async function respond(
  step: Step,
  { stored, isHead, options }: Done,
  context: FhirContext<Store>,
): Promise<string> {
  switch (step.kind) {
    case 'create':
      return responseEntry(answerWrite(stored!, true), options);
    case 'update':
      return responseEntry(answerWrite(stored!, stored!.version === 1), options);
    case 'patch':
      return responseEntry(answerWrite(stored!, false), options);
    case 'delete': {
      const version = stored!.version > 0 ? { version: stored!.version } : {};
      return responseEntry({ status: 204, ...version, outcome: `${step.type}/${step.id} is deleted.` }, options);
    }
    case 'nothing':
      return responseEntry({ status: 204, outcome: 'The condition finds nothing. Nothing was deleted.' }, options);
    case 'found': {
      const outcome = `${step.reference} is there already. Nothing was created.`;
      return responseEntry({ status: 200, location: step.reference, outcome }, options);
    }
    case 'read': {
      const { body, ...answer } = await dispatchRead(step.request, context);
      return responseEntry(isHead || body === undefined ? answer : { ...answer, body }, options, true);
    }
    default:
      return step satisfies never;
  }
}
