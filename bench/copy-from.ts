import type pg from 'pg';

/** The messages of the driver's connection that COPY needs. */
type CopyConnection = pg.Connection & {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
};

/**
 * `COPY … FROM STDIN` by the driver itself: hand it to `client.query` and wait for `done`.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export class CopyFrom implements pg.Submittable {
  readonly done: Promise<void>;
  readonly #text: string;
  readonly #chunks: () => Iterable<Buffer>;
  readonly #settle: PromiseWithResolvers<void>;

  constructor(text: string, chunks: () => Iterable<Buffer>) {
    this.#text = text;
    this.#chunks = chunks;
    this.#settle = Promise.withResolvers<void>();
    this.done = this.#settle.promise;
  }

  submit(connection: pg.Connection): void {
    (connection as CopyConnection).query(this.#text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (const chunk of this.#chunks()) connection.sendCopyFromChunk(chunk);
    connection.endCopyFrom();
  }

  handleError(error: Error): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    this.#settle.resolve();
  }

  handleCommandComplete(): void {}
}
