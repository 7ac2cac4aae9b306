import { type Bundle, type FhirClient, FhirError, pause, UnreachableError } from '@chartgate/client';
import { exitCodes, Failure } from '../failure.ts';
import { bundleText, type Document, type Problem } from './document.ts';
import { entrySpans, lineAt } from './syntax.ts';

/** What became of a document. `bad` are the indexes of refused lines; undefined when nothing was stored. */
export type Delivery = {
  readonly bad: readonly number[] | undefined;
  readonly problems: readonly Problem[];
  readonly stored: readonly { readonly type: string; readonly created: boolean }[];
};

/** Statuses of a server that answers nobody just now; the SDK has waited already. */
const isAway = new Set([429, 502, 503, 504]);

/** How long a server that does not listen is waited for, ms. */
const patience = [500, 1000, 2000, 4000, 8000];

/**
 * Sends a document. A refusal is a delivery with problems.
 * @throws when the run cannot go on: no server, or a token that may not load
 */
export async function deliver(fhir: FhirClient, document: Document, signal: AbortSignal): Promise<Delivery> {
  for (let attempt = 0; ; attempt++) {
    try {
      return delivered(document, (await fhir.transaction(bundleText(document))).resource);
    } catch (cause) {
      const wait = patience[attempt];
      if (cause instanceof UnreachableError && cause.neverArrived && wait !== undefined) await pause(wait, signal);
      else return refused(document, cause);
    }
  }
}

function refused(document: Document, cause: unknown): Delivery {
  if (cause instanceof UnreachableError || (cause instanceof FhirError && isAway.has(cause.status))) {
    const next = 'Run the same command again: it goes on from here.';
    throw new Failure(exitCodes.failed, 'network', `${cause.message}. ${next}`);
  }
  if (!(cause instanceof FhirError) || cause.status === 401 || cause.status === 403) throw cause;
  const problems = cause.issues.slice(0, 5).map((issue) => ({
    place: placeIn(document, issue.expression?.[0]),
    reason: reasonOf(issue) + (issue.expression?.[0] ? ` (${issue.expression[0]})` : ''),
  }));
  const plain = [{ place: placeIn(document, undefined), reason: `the server answered ${cause.status}` }];
  return { bad: undefined, problems: problems.length > 0 ? problems : plain, stored: [] };
}

/** The answer to a batch or transaction has one entry for each that was sent, in their order. */
function delivered(document: Document, answer: Bundle): Delivery {
  const types = typesOf(document);
  const bad: number[] = [];
  const problems: Problem[] = [];
  const stored: { type: string; created: boolean }[] = [];
  for (const [index, type] of types.entries()) {
    const response = answer.entry?.[index]?.response;
    const status = Number.parseInt(response?.status ?? '', 10);
    if (status >= 200 && status < 300) stored.push({ type, created: status === 201 });
    else {
      bad.push(index);
      const issues = (response?.outcome?.issue ?? []) as readonly {
        readonly code: string;
        readonly diagnostics?: string;
      }[];
      const reason = issues[0] ? reasonOf(issues[0]) : `the server answered ${response?.status ?? 'nothing'}`;
      problems.push({ place: placeIn(document, `Bundle.entry[${index}]`), reason });
    }
  }
  return { bad, problems, stored };
}

const reasonOf = (issue: {
  readonly code: string;
  readonly diagnostics?: string;
  readonly details?: { readonly text?: string };
}) => (issue.diagnostics ?? issue.details?.text ?? issue.code).slice(0, 500);

/** The type of each resource that is sent. */
function typesOf(document: Document): readonly string[] {
  if (document.kind === 'lines') return document.lines.map(({ type }) => type);
  return document.only?.map((index) => document.types[index]!) ?? document.types;
}

/** `file:line` of the entry that an expression such as `Bundle.entry[3].resource` names, else of the document. */
function placeIn(document: Document, expression: string | undefined): string {
  const index = Number(/^Bundle\.entry\[(\d+)\]/.exec(expression ?? '')?.[1] ?? Number.NaN);
  if (document.kind === 'lines') return `${document.name}:${document.lines[index || 0]?.line ?? 1}`;
  const span = Number.isNaN(index) ? undefined : entrySpans(document.text)[document.only?.[index] ?? index];
  return `${document.name}:${document.line - 1 + lineAt(document.text, span?.start ?? 0)}`;
}
