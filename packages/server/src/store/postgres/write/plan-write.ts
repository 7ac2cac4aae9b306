import {
  type EntityTags,
  FhirError,
  gone,
  issue,
  type Letter,
  namesVersion,
  notFound,
  preconditionFailed,
  spliceVersion,
} from '@chartgate/fhir';
import type { Content } from '../../../access/interaction.ts';
import type { AccessRule } from '../../../access/rule.ts';
import type { StoredVersion, Write } from '../../ports.ts';
import { requireOpen, type VersionFacts } from '../access/content-rule.ts';
import type { Site } from '../database/site.ts';
import { factsOf } from '../index/content-facts.ts';
import { indexRow } from '../index/index-row.ts';
import { typeKey } from '../index/type-key.ts';
import { methods, type NewVersion, storedOf } from '../index/version-row.ts';
import type { Current, Target } from './current.ts';

/** What a write comes to: a version to be written (`fresh`: of a new resource), or nothing but an answer. */
export type Planned =
  | { readonly kind: 'version'; readonly version: NewVersion; readonly fresh: boolean }
  | { readonly kind: 'nothing'; readonly answer: StoredVersion };

export type Planner = {
  readonly site: Site;
  /** ms since the epoch. */
  readonly now: number;
  /** The next free row id. */
  readonly rowId: () => number;
};

/** The resource that an update or a delete is about, and the rule and letter under which it must be open. */
export function targetOf(write: Exclude<Write, { kind: 'create' }>): Target {
  const { interaction, rule } = write.permitted;
  return { type: interaction.type, id: interaction.id, rule, letter: write.kind === 'update' ? 'u' : 'd' };
}

/** The resource that a write is about. */
export function identityOf(write: Write): { readonly type: string; readonly id: string } {
  const id = write.kind === 'create' ? write.id : write.permitted.interaction.id;
  return { type: write.permitted.interaction.type, id };
}

/** Checks a write against the current state of its resource. @throws {FhirError} 403, 404, 409, 410, 412 */
export function planWrite(planner: Planner, write: Write, current: Current | undefined): Planned {
  if (write.kind === 'create') {
    const { rule, interaction } = write.permitted;
    const id = write.id;
    return creation(planner, { id, content: interaction.content, method: methods.POST, rules: [[rule, 'c']] });
  }
  const { type, id, ifMatch } = write.permitted.interaction;
  const reference = `${type}/${id}`;
  if (ifMatch !== undefined) requireMatch(reference, ifMatch, current?.open ? current : undefined);
  if (write.kind === 'update') requireNoMatch(reference, write.permitted.interaction.ifNoneMatch, current);
  return write.kind === 'delete'
    ? planDelete(planner, { type, id }, current)
    : planUpdate(planner, write, current, reference);
}

function planUpdate(
  planner: Planner,
  { permitted, createPermitted }: Extract<Write, { kind: 'update' }>,
  current: Current | undefined,
  reference: string,
): Planned {
  const { id, content } = permitted.interaction;
  const asCreate: Rules = createPermitted ? [[createPermitted.rule, 'c']] : [];
  const rules: Rules = [[permitted.rule, 'u']];
  if (current === undefined) {
    if (!createPermitted) throw notFound(reference);
    return creation(planner, { id, content, method: methods.PUT, rules: [...rules, ...asCreate] });
  }
  if (!current.open) throw notFound(reference);
  if (current.deleted && !createPermitted) throw gone(reference);
  const version = versionOf(planner.site, {
    id,
    content,
    rules: current.deleted ? [...rules, ...asCreate] : rules,
    rid: current.rid,
    version: current.version + 1,
    lastUpdated: Math.max(planner.now, current.lastUpdated + 1),
    method: methods.PUT,
  });
  return { kind: 'version', version, fresh: false };
}

/** A delete of what is not there, may not be seen or is deleted already changes nothing. */
function planDelete(
  planner: Planner,
  { type, id }: { type: string; id: string },
  current: Current | undefined,
): Planned {
  if (current?.open && !current.deleted) {
    const version: NewVersion = {
      tk: typeKey(type),
      id,
      rid: current.rid,
      version: current.version + 1,
      lastUpdated: Math.max(planner.now, current.lastUpdated + 1),
      method: methods.DELETE,
      body: null,
      index: null,
    };
    return { kind: 'version', version, fresh: false };
  }
  const { version, lastUpdated } = current?.open ? current : { version: 0, lastUpdated: planner.now };
  return { kind: 'nothing', answer: { type, id, version, lastUpdated, method: 'DELETE', body: '' } };
}

type Rules = readonly (readonly [AccessRule, Letter])[];
type Creation = Pick<NewVersion, 'id' | 'method'> & { readonly content: Content; readonly rules: Rules };

function creation(planner: Planner, what: Creation): Planned {
  const row = { rid: planner.rowId(), version: 1, lastUpdated: planner.now };
  return { kind: 'version', version: versionOf(planner.site, { ...what, ...row }), fresh: true };
}

/** @throws {FhirError} 403 when the content is outside of what one of the rules opens */
function versionOf(
  site: Site,
  { content, rules, ...row }: Creation & Pick<NewVersion, 'rid' | 'version' | 'lastUpdated'>,
): NewVersion {
  const { id, version, lastUpdated } = row;
  const facts: VersionFacts = { ...factsOf(site, content.resource, id), lastUpdated };
  for (const [rule, letter] of rules) requireOpen(rule, letter, facts);
  const meta = { id, versionId: String(version), lastUpdated: new Date(lastUpdated).toISOString() };
  return {
    ...row,
    tk: typeKey(facts.type),
    body: spliceVersion(content.text, meta),
    index: indexRow(site.terms, facts, lastUpdated),
  };
}

/** A deletion is a version as well, but there is no current representation that `*` could stand for. */
function requireMatch(reference: string, ifMatch: EntityTags, current: Current | undefined): void {
  const isThere = current !== undefined && !(current.deleted && ifMatch === '*');
  if (isThere && namesVersion(ifMatch, current.version)) return;
  const asked = ifMatch === '*' ? 'that there is' : `version ${ifMatch.join(' or ')} of`;
  throw preconditionFailed(
    current && isThere
      ? `If-Match asks for ${asked} ${reference}, but its current version is ${current.version}. ` +
          'Read it again, and repeat the change on what it is now.'
      : `If-Match asks for ${asked} ${reference}, which has no current version here.`,
  );
}

/** A hidden one goes on to be refused like any other change of it. */
function requireNoMatch(reference: string, ifNoneMatch: EntityTags | undefined, current: Current | undefined): void {
  if (ifNoneMatch === undefined || !current?.open || current.deleted) return;
  if (!namesVersion(ifNoneMatch, current.version)) return;
  throw preconditionFailed(`If-None-Match does not hold: ${reference} is there, with version ${current.version}.`);
}

/** @throws {FhirError} 400 when two writes are about the same resource: which one should win is unknown */
export function requireDistinct(writes: readonly Write[]): void {
  const seen = new Set<string>();
  for (const write of writes) {
    const { type, id } = identityOf(write);
    const reference = `${type}/${id}`;
    if (seen.has(reference)) {
      throw new FhirError(400, [
        issue('invalid', `${reference} is written twice. A transaction writes a resource once.`),
      ]);
    }
    seen.add(reference);
  }
}

/** The answer to a planned write, once it is written. */
export function answerOf(planned: Planned): StoredVersion {
  return planned.kind === 'nothing' ? planned.answer : storedOf(planned.version);
}
