import type { StoredVersion, Write } from '../../ports.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import type { Connection } from '../database/database.ts';
import type { Site } from '../database/site.ts';
import type { RowIds } from '../index/row-ids.ts';
import type { NewVersion } from '../index/version-row.ts';
import { requireOpenAttachments } from './attachment-links.ts';
import { type Current, findCurrent } from './current.ts';
import { answerOf, type Planned, planWrite, requireDistinct, targetOf } from './plan-write.ts';
import { writeName, writeStatement } from './write-statement.ts';

/** What writing needs of the store. `site` is the one all permits must be for. */
export type Writer = { readonly site: Site; readonly rowIds: RowIds };

/** Another writer changed one of the resources between the look at it and the writing: look again. */
export class StaleRead extends Error {}

/**
 * Writes all or nothing: looks at what is to be changed, checks, then writes in one statement, which fails if something
 * changed meanwhile. `lock` holds the resources from the look on; it needs a transaction around.
 * @throws {StaleRead} only without `lock`: nothing was written
 */
export async function write(
  writer: Writer,
  connection: Connection,
  writes: readonly Write[],
  lock: boolean,
): Promise<readonly StoredVersion[]> {
  for (const each of writes) requirePermits(writer.site, each);
  requireDistinct(writes);
  const currents = await currentsOf(writer, connection, writes, lock);
  const fresh = writes.filter((each, i) => each.kind !== 'delete' && currents[i] === undefined).length;
  const rowIds = await writer.rowIds.take(fresh);
  const planner = {
    site: writer.site,
    now: Date.now(),
    rowId: () => rowIds.pop() ?? unreachable(),
  };
  const planned = writes.map((each, i) => planWrite(planner, each, currents[i]));
  // After the plan, so that an unknown id is refused as a hidden one is.
  await requireOpenAttachments(connection, writer.site, writes, currents);
  await apply(writer.site, connection, planned);
  return planned.map(answerOf);
}

async function currentsOf(
  { site }: Writer,
  connection: Connection,
  writes: readonly Write[],
  lock: boolean,
): Promise<readonly (Current | undefined)[]> {
  const changes = writes.flatMap((each, i) => (each.kind === 'create' ? [] : [{ i, target: targetOf(each) }]));
  const currents: (Current | undefined)[] = writes.map(() => undefined);
  if (changes.length === 0) return currents;
  const targets = changes.map(({ target }) => target);
  const found = await findCurrent(connection, site, targets, lock);
  changes.forEach(({ i }, n) => {
    currents[i] = found[n];
  });
  return currents;
}

async function apply(site: Site, connection: Connection, planned: readonly Planned[]): Promise<void> {
  const versions = planned.flatMap((each) => (each.kind === 'version' ? [each] : []));
  if (versions.length === 0) return;
  // In one order everywhere, so that two writers of the same resources wait for each other instead of locking up.
  versions.sort((a, b) => a.version.tk - b.version.tk || (a.version.id < b.version.id ? -1 : 1));
  const of = (fresh: boolean): NewVersion[] => versions.flatMap((v) => (v.fresh === fresh ? [v.version] : []));
  const changed = of(false);
  const [row] = await connection.query<{ written: boolean }>(
    writeStatement(site, of(true), changed),
    writeName(site, changed),
  );
  if (!row?.written) throw new StaleRead();
}

function requirePermits(site: Site, each: Write): void {
  const permits =
    each.kind === 'update' && each.createPermitted ? [each.permitted, each.createPermitted] : [each.permitted];
  for (const permitted of permits) {
    requirePermittedHere(site, permitted);
    const { type } = permitted.interaction;
    if (type !== each.permitted.interaction.type) throw new TypeError('The two permits are for different types');
    const content = 'content' in permitted.interaction ? permitted.interaction.content : undefined;
    if (content && content.resource.resourceType !== type) throw new TypeError(`The content is no ${type}`);
  }
}

function unreachable(): never {
  throw new Error('More row ids were used than taken');
}
