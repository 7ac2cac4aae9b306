import type { Connection } from '../database/database.ts';
import type { Site } from '../database/site.ts';
import { sql } from '../database/sql.ts';

/** Row ids in one block. A node takes a block at a time, so that its new rows lie together in the indexes. */
const blockSize = 1024;

/**
 * Hands out row ids, unique over all nodes of the site. Some are never used. The connection must not be one of those that
 * transactions wait for: they need row ids while they hold theirs.
 */
export class RowIds {
  private readonly connection: Connection;
  private readonly site: Site;
  private next = 0;
  private end = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, site: Site) {
    this.connection = connection;
    this.site = site;
  }

  async take(count: number): Promise<number[]> {
    if (this.end - this.next >= count) return this.cut(count);
    const taken = this.last.then(() => this.refill(count));
    this.last = taken.catch(() => undefined);
    return taken;
  }

  private async refill(count: number): Promise<number[]> {
    const ids = this.cut(Math.min(count, this.end - this.next));
    const blocks = Math.ceil((count - ids.length) / blockSize);
    if (blocks === 0) return ids;
    const rows = await this.connection.query<{ block: string }>(
      sql`select nextval(${`"${this.site.schema}".rid_block`}::regclass) as block from generate_series(1, ${blocks})`,
    );
    for (const { block } of rows) {
      this.next = Number(block) * blockSize;
      this.end = this.next + blockSize;
      ids.push(...this.cut(Math.min(count - ids.length, blockSize)));
    }
    return ids;
  }

  private cut(count: number): number[] {
    const from = this.next;
    this.next += count;
    return Array.from({ length: count }, (_, i) => from + i);
  }
}
