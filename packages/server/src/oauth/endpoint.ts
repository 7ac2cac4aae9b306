import type { Ticket } from '../store/gate-ports.ts';
import { auditRefusal } from './audited.ts';
import { refusalInDialect } from './dialect.ts';
import type { Exchange, GateAnswer, GateRequest } from './exchange.ts';
import type { Gate } from './gate.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';
import { issueTicket } from './ticket.ts';

/** One condition that a request must meet, by the name a ticket calls it. Throws OAuthError where it does not. */
export type Check = { readonly name: string; readonly run: (x: Exchange) => void | Promise<void> };

/** Checks that depend on what was found so far, such as how the client authenticates. */
export type Choice = { readonly choose: (x: Exchange) => readonly Step[] };

export type Step = Check | Choice;

export type Endpoint = (gate: Gate, request: GateRequest) => Promise<GateAnswer>;

export function check(name: string, run: Check['run']): Check {
  return { name, run };
}

/** How an endpoint says no. @param ticket the refusal's, where one was written */
export type Refuse = (x: Exchange, refusal: OAuthError, ticket: string | undefined) => GateAnswer | Promise<GateAnswer>;

/**
 * An endpoint is a list of checks and an answer. Every refusal makes a ticket for the client's owner.
 * @param refuse how a refusal is said (Default: as JSON, in the dialect of the site)
 */
export function endpoint(
  name: string,
  steps: readonly Step[],
  answer: (x: Exchange) => GateAnswer | Promise<GateAnswer>,
  refuse: Refuse = (x, refusal, ticket) => challenged(refusalInDialect(x, refusal, ticket), x.request, x.site.issuer),
): Endpoint {
  return async (gate, request) => {
    const site = await gate.site(request.site);
    if (!site) return refusalAnswer(new OAuthError('unknown-site'));
    const x: Exchange = { gate, site, settings: await site.settings(), request, now: gate.now() };
    const trail: Ticket['checks'][number][] = [];
    try {
      await runSteps(steps, x, trail);
      return await answer(x);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      if (error.status !== 429) gate.failures.count(request.remoteAddress);
      const ticket = await issueTicket(x, { endpoint: name, refusal: error, trail });
      auditRefusal(x, { endpoint: name, refusal: error, ticket });
      return await refuse(x, error, ticket);
    }
  };
}

/** Runs the steps in order; when one fails, the rest is noted as skipped. */
async function runSteps(steps: readonly Step[], x: Exchange, trail: Ticket['checks'][number][]): Promise<void> {
  for (const [i, step] of steps.entries()) {
    try {
      if ('choose' in step) {
        await runSteps(step.choose(x), x, trail);
      } else {
        await step.run(x);
        trail.push({ check: step.name, outcome: 'passed' });
      }
    } catch (error) {
      if ('run' in step) trail.push({ check: step.name, outcome: 'failed' });
      for (const later of steps.slice(i + 1)) {
        if ('run' in later) trail.push({ check: later.name, outcome: 'skipped' });
      }
      throw error;
    }
  }
}

/** "If the client attempted to authenticate via the Authorization header field", a 401 names the scheme (RFC 6749 section 5.2). */
function challenged(answer: GateAnswer, request: GateRequest, realm: string): GateAnswer {
  if (answer.status !== 401 || request.headers.authorization === undefined) return answer;
  return { ...answer, headers: { 'www-authenticate': `Basic realm="${realm}"`, ...answer.headers } };
}
