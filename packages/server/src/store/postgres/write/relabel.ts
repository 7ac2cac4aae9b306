import {
  gone,
  type Labels,
  labelsOf,
  notFound,
  type Resource,
  spliceLabels,
  withLabels,
  withoutLabels,
} from '@chartgate/fhir';
import type { Relabel } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { StoredVersion } from '../../ports.ts';
import { requireOpen } from '../access/content-rule.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';
import { factsOf } from '../index/content-facts.ts';
import { indexRow } from '../index/index-row.ts';
import { typeKey } from '../index/type-key.ts';
import { storedVersion, type VersionRow } from '../index/version-row.ts';
import { findCurrent } from './current.ts';
import { replaceIndex, sideRows } from './write-statement.ts';

/**
 * Changes the labels of a resource where it is: neither version nor time of update change, as the operation has it. In a
 * transaction. @see https://hl7.org/fhir/R4/resource-operation-meta-add.html
 * @throws {FhirError} 404, 410, or 403 where the rule would not open it with its new labels
 */
export async function relabel(
  connection: Connection,
  site: Site,
  permitted: Permitted<Relabel>,
): Promise<StoredVersion> {
  requirePermittedHere(site, permitted);
  const { rule, interaction } = permitted;
  const { type, id } = interaction;
  const [current] = await findCurrent(connection, site, [{ type, id, rule, letter: 'u' }], true);
  if (!current?.open) throw notFound(`${type}/${id}`);
  if (current.deleted) throw gone(`${type}/${id}`);
  const [row] = await connection.query<VersionRow>(
    sql`select tk, id, ver, lu, method, body from ${table(site, 'res')} where tk = ${typeKey(type)} and id = ${id}`,
  );
  const text = row?.body ?? '';
  const before = JSON.parse(text) as Resource;
  requireOpen(rule, 'u', { ...factsOf(site, before, id), lastUpdated: current.lastUpdated });
  const body = spliceLabels(text, changed(labelsOf(before.meta), interaction));
  const facts = factsOf(site, JSON.parse(body) as Resource, id);
  requireOpen(rule, 'u', { ...facts, lastUpdated: current.lastUpdated });
  const { rid, lastUpdated } = current;
  const indexed = [{ rid, tk: typeKey(type), lastUpdated, index: indexRow(site.terms, facts, lastUpdated) }];
  await connection.query(sql`with body as (update ${table(site, 'res')} set body = ${body} where rid = ${rid}),
    ${replaceIndex(site, indexed, raw('true'))}, ${sideRows(site, indexed, raw('true'))} select 1`);
  return storedVersion({ ...(row as VersionRow), body });
}

function changed(labels: Labels, { change, labels: asked }: Relabel): Labels {
  return change === 'add' ? withLabels(labels, asked) : withoutLabels(labels, asked);
}
