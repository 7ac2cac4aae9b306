import pg from 'pg';
import { type Connection, prepared, type Statement } from './database.ts';
import { toUnavailable } from './unavailable.ts';

/** One connection on which statements follow each other without waiting for answers. For short reads only. */
export function pipelined(config: pg.ClientConfig): Connection & { close(): Promise<void> } {
  let current: Promise<pg.Client> | undefined;
  let closed = false;

  const connect = (): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, pipeline: true });
    const made = client.connect().then(() => client);
    const forget = () => {
      if (current === made) current = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    made.catch(forget);
    current = made;
    return made;
  };

  const run = async <Row extends object>(query: pg.QueryConfig): Promise<Row[]> => {
    try {
      if (closed) throw new Error('Client was closed');
      const client = await (current ?? connect());
      return (await client.query<Row>(query)).rows;
    } catch (error) {
      throw toUnavailable(error);
    }
  };

  return {
    query: <Row extends object>(statement: Statement, name?: string) => run<Row>(prepared(statement, name)),
    close: async () => {
      closed = true;
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}
