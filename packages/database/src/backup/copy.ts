import { once } from 'node:events';

import type pg from 'pg';

/** Rows are combined into blocks of about this size, so that small rows are not handled one by one. */
const BLOCK_BYTES = 64 * 1024;
/** Backpressure: the server has to wait while more than this is unread, and the source while more than this is unsent. */
export const BUFFERED_BYTES = 1024 * 1024;

/** Methods of `pg` for COPY that its types lack. */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * `COPY … TO STDOUT`: pass it to `client.query`, then read `blocks`. Each block holds whole rows in PostgreSQL's text format. Memory is bounded by
 * `BUFFERED_BYTES` plus the largest row: a slow reader makes the server wait. Read it to the end, or end the connection.
 */
export class CopyOut implements pg.Submittable {
  readonly #sql: string;
  #connection: pg.Connection | undefined;
  #gathered = Buffer.alloc(0);
  #used = 0;
  readonly #blocks: Buffer[] = [];
  #buffered = 0;
  #peak = 0;
  #end: 'done' | Error | undefined;
  #wake: () => void = () => undefined;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** The highest number of unread bytes so far. */
  get peakBytes(): number {
    return this.#peak;
  }

  async *blocks(): AsyncGenerator<Buffer> {
    for (;;) {
      const block = this.#blocks.shift();
      if (block !== undefined) {
        this.#buffered -= block.length;
        if (this.#buffered < BUFFERED_BYTES / 2) this.#connection?.stream.resume();
        yield block;
      } else if (this.#end === 'done') return;
      else if (this.#end !== undefined) throw this.#end;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  readonly submit = (connection: pg.Connection): void => {
    this.#connection = connection;
    connection.query(this.#sql);
  };

  // `pg.Client` calls the following methods as messages arrive.

  /** The server sends one message per row. `pg` reuses the buffer, so the bytes are copied immediately. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#used + chunk.length > this.#gathered.length) {
      this.#flush();
      this.#gathered = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, chunk.length));
    }
    chunk.copy(this.#gathered, this.#used);
    this.#used += chunk.length;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#blocks.push(this.#gathered.subarray(0, this.#used));
    this.#buffered += this.#used;
    this.#peak = Math.max(this.#peak, this.#buffered);
    this.#gathered = Buffer.alloc(0);
    this.#used = 0;
    if (this.#buffered > BUFFERED_BYTES) this.#connection?.stream.pause();
    this.#wake();
  }

  handleCommandComplete(): void {
    this.#flush();
  }

  handleReadyForQuery(): void {
    this.#end ??= 'done';
    this.#wake();
  }

  handleError(error: Error): void {
    this.#end ??= error;
    this.#wake();
  }
}

/**
 * Runs a `COPY … FROM STDIN` with these bytes and resolves with the number of rows. When the source fails, nothing is kept, and its error is thrown.
 */
export async function copyIn(client: pg.Client, sql: string, source: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number> {
  const copy = new CopyIn(sql, source);
  client.query(copy);
  return await copy.rows;
}

class CopyIn implements pg.Submittable {
  readonly rows: Promise<number>;
  readonly #sql: string;
  readonly #source: AsyncIterable<Buffer> | Iterable<Buffer>;
  #settle: { resolve: (rows: number) => void; reject: (error: unknown) => void } = { resolve: () => undefined, reject: () => undefined };
  #count = 0;
  #failure: { readonly error: unknown } | undefined;
  #pumping: Promise<void> = Promise.resolve();
  readonly #failed = new AbortController();

  constructor(sql: string, source: AsyncIterable<Buffer> | Iterable<Buffer>) {
    this.#sql = sql;
    this.#source = source;
    this.rows = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  readonly submit = (connection: pg.Connection): void => connection.query(this.#sql);

  handleCopyInResponse(connection: pg.Connection): void {
    this.#pumping = this.#pump(connection as CopyConnection);
  }

  async #pump(connection: CopyConnection): Promise<void> {
    const { signal } = this.#failed;
    try {
      for await (const chunk of this.#source) {
        if (signal.aborted) return;
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableLength > BUFFERED_BYTES) await once(connection.stream, 'drain', { signal });
      }
      if (!signal.aborted) connection.endCopyFrom();
    } catch (error) {
      if (signal.aborted) return; // The server has refused the data and reports why.
      this.#failure = { error };
      connection.sendCopyFail('the source failed');
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#count = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    void this.#finish();
  }

  handleError(error: Error): void {
    this.#failure ??= { error };
    this.#failed.abort();
    // A closed connection sends no ReadyForQuery.
    void this.#finish();
  }

  async #finish(): Promise<void> {
    await this.#pumping;
    if (this.#failure === undefined) this.#settle.resolve(this.#count);
    else this.#settle.reject(this.#failure.error);
  }
}
