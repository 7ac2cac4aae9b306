import { accessValues, attachmentCode, forbidden } from '@chartgate/fhir';
import { opening } from '../../../access/rule.ts';
import type { Write } from '../../ports.ts';
import { ruleCondition } from '../access/rule.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { or, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import type { Current } from './current.ts';
import { identityOf } from './plan-write.ts';

/**
 * A Binary that says nothing about whom it belongs to is read with the documents that link to it. So who writes under
 * `patient/` or `user/` scopes links new documents only to what they may read already, or write by the same request;
 * otherwise a link would open what was closed.
 * @throws {FhirError} 403, for a Binary that is closed and for one that is not there alike
 */
export async function requireOpenAttachments(
  connection: Connection,
  site: Site,
  writes: readonly Write[],
  currents: readonly (Current | undefined)[],
): Promise<void> {
  const written = new Set(writes.map(identityOf).flatMap(({ type, id }) => (type === 'Binary' ? [id] : [])));
  const links = writes.flatMap((write, i) => newLinks(write, currents[i]).filter(({ id }) => !written.has(id)));
  if (links.length === 0) return;
  const tests = links.map(({ id, rule }) => sql`(r.id = ${id} and ${ruleCondition(site, rule, 'Binary', 'r', 'x')})`);
  const found = await connection.query<{ id: string }>(sql`select r.id from ${table(site, 'res')} r
    join ${table(site, 'sx')} x on x.rid = r.rid
    where r.tk = ${typeKey('Binary')} and r.id = any(${links.map(({ id }) => id)}::text[]) and ${or(tests)}`);
  const open = new Set(found.map(({ id }) => id));
  if (links.every(({ id }) => open.has(id))) return;
  throw forbidden(
    'An attachment links to a Binary that is not here, or that the token does not open. Write the Binary first, with its ' +
      'securityContext, or send both in one transaction; and ask for a scope that reads Binary.',
  );
}

/** Links that the version before did not have, of writers whose scopes are not `system/` ones. */
function newLinks(write: Write, current: Current | undefined) {
  const { interaction, rule } = write.permitted;
  if (!('content' in interaction)) return [];
  const { type, content, code } = interaction;
  if (opening(rule, type, code === 'create' ? 'c' : 'u').every((line) => line.labels)) return [];
  return accessValues(content.resource)
    .filter(({ parameter }) => parameter === attachmentCode)
    .flatMap(({ id = '' }) => (current?.text?.includes(`"Binary/${id}"`) ? [] : [{ id, rule }]));
}
