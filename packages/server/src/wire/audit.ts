import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Grant } from '../access/grant.ts';
import type { Audit } from '../audit/audit.ts';
import type { AuditEvent, ChartEvent } from '../audit/event.ts';
import { addNamedPatients, mostPatients } from '../audit/patients.ts';
import { redactedPath, redactedQuery } from '../audit/query.ts';
import type { Answer } from '../interaction/answer.ts';
import type { Gate, GateSite } from '../oauth/gate.ts';
import { interactionOf, isWriteOf } from './audited-interaction.ts';
import { bytesOf, pathOf } from './request.ts';

/** What the wire needs of the audit. */
export type ChartAudit = {
  readonly audit: Audit;
  /** Whether reads and searches of a site are answered before or after they are committed to the audit. */
  readonly reads: (site: string) => ReadsMode;
};

type ReadsMode = 'before-answer' | 'soon';

/** The gate's audit for the FHIR API. Where the setting is not at hand a read waits, and the next one knows it. */
export function chartAuditOf(gate: Gate): ChartAudit {
  const known = new Map<string, GateSite>();
  const lookUp = async (name: string) => {
    const site = await gate.site(name);
    if (!site) return;
    known.set(name, site);
    await site.settings();
  };
  const reads: ChartAudit['reads'] = (name) => {
    const mode = known.get(name)?.knownSettings()?.audit_reads;
    if (mode === undefined) {
      lookUp(name).catch((error) => gate.log.error(error, 'how reads are audited could not be looked up'));
    }
    return mode ?? 'before-answer';
  };
  return { audit: gate.audit, reads };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the audit is told beside what stands in the request. Absent until somebody has something to tell. */
    audited: { grant?: Grant; written?: Answer['written']; interaction?: string; isDone?: true } | undefined;
  }
}

/** Versions that are named of a request that wrote more. */
const mostWritten = 100;

/**
 * Writes down every request of the FHIR API that named a resource or was refused, on its way out: what is written or done in
 * an emergency is answered only when it is committed, and what is read as the site's setting says.
 */
export function auditRequests(app: FastifyInstance, { audit, reads }: ChartAudit): void {
  app.decorateRequest('audited', undefined);
  app.addHook('onSend', (request, reply, payload, done) => {
    request.audited ??= {};
    const { audited } = request;
    if (audited.isDone || !isWorthIt(request, reply)) return done(null, payload);
    audited.isDone = true; // an error of this hook is sent as well, by this hook
    const { site } = request.params as { site: string };
    const event = eventOf(request, reply, payload);
    const urgency = urgencyOf(event, request.method);
    if (urgency === 'soon' || (urgency === 'as-set' && reads(site) === 'soon')) {
      audit.recordSoon(site, event);
      return done(null, payload);
    }
    audit.record(site, event).then(
      () => done(null, payload),
      (error) => done(error),
    );
  });
}

/** Of a refusal nothing left the house and nothing was changed; a failure may have come after the change. */
function urgencyOf(event: ChartEvent, method: string): 'before-answer' | 'as-set' | 'soon' {
  if (event.emergency) return 'before-answer';
  if (event.status >= 400 && event.status < 500) return 'soon';
  return isWriteOf(event.interaction, method) ? 'before-answer' : 'as-set';
}

/** Metadata is public, and a path that is nothing of ours tells nothing of anybody. */
function isWorthIt(request: FastifyRequest, reply: FastifyReply): boolean {
  if (request.is404) return false;
  if (request.audited?.grant) return true;
  return reply.statusCode === 401 || reply.statusCode === 403;
}

function eventOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): AuditEvent & ChartEvent {
  const { grant, written, interaction } = request.audited ?? {};
  const path = auditedPath(request);
  const status = reply.statusCode;
  const what = redactedPath(path, status);
  const query = redactedQuery(queryText(request, path));
  const event = {
    interaction: interaction ?? interactionOf(request.method, path),
    what,
    status,
    ...(query === '' ? {} : { query }),
    address: request.ip,
    ...(grant ? agentOf(grant) : {}),
    ...(written && written.length > 0 ? { written: versionsOf(written) } : {}),
  };
  const isBundle = request.method === 'POST' && path.length === 0;
  const patients = patientsOf(what, { grant, written, isBundle, status, payload, query });
  return patients.length > 0 ? { ...event, patients } : event;
}

function auditedPath(request: FastifyRequest): readonly string[] {
  const { operation = '' } = request.params as { operation?: string };
  return pathOf(request).map((part) => (part === '$:operation' ? `$${operation}` : part));
}

/** What was asked, as it was sent: the query, and the form of a search by POST. */
function queryText(request: FastifyRequest, path: readonly string[]): string {
  const mark = request.url.indexOf('?');
  const query = mark < 0 ? '' : request.url.slice(mark + 1);
  const isForm = request.method === 'POST' && path.at(-1) === '_search';
  return isForm ? [query, bytesOf(request).toString('latin1')].filter(Boolean).join('&') : query;
}

function agentOf({ clientId, authorizationId, accountId, user, breakGlass }: Grant) {
  return {
    clientId,
    ...(authorizationId === undefined ? {} : { authorizationId }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(user ? { fhirUser: user.reference } : {}),
    ...(user && breakGlass ? { emergency: { patient: breakGlass.patient, reason: breakGlass.reason } } : {}),
  };
}

function versionsOf(written: NonNullable<Answer['written']>): NonNullable<ChartEvent['written']> {
  const versions = written.slice(0, mostWritten).map(({ type, id, version }) => `${type}/${id}/_history/${version}`);
  return { versions, count: written.length };
}

type Touched = {
  readonly grant: Grant | undefined;
  readonly written: Answer['written'];
  readonly isBundle: boolean;
  readonly status: number;
  readonly payload: unknown;
  readonly query: string;
};

/**
 * Whose records a request touched: those that its path, its query, its token and its answer name. A name is enough: a
 * reference to a patient in what left the house tells something of that patient.
 */
function patientsOf(what: string, { grant, written, isBundle, status, payload, query }: Touched): readonly string[] {
  const found = new Set<string>();
  if (what.startsWith('Patient/')) addNamedPatients(what, found);
  if (query !== '') addNamedPatients(decoded(query), found, true);
  if (status < 400) {
    if (grant?.patient !== undefined) found.add(grant.patient);
    for (const stored of written ?? []) {
      if (stored.type === 'Patient') found.add(stored.id);
      addNamedPatients(stored.body, found);
    }
    // of a bundle both: what it wrote, and what its reads answered
    if ((!written || isBundle) && typeof payload === 'string') addNamedPatients(payload, found);
  }
  if (grant?.breakGlass) found.add(grant.breakGlass.patient);
  return [...found].slice(0, mostPatients);
}

function decoded(query: string): string {
  try {
    return query.includes('%') ? decodeURIComponent(query) : query;
  } catch {
    return query;
  }
}
