import pg from 'pg';

/**
 * A client that closes its connection when a query exceeds `query_timeout`. Otherwise the connection would keep waiting for the answer, all later queries
 * (first the ROLLBACK of the same transaction) would wait behind it, and the pool would hand it out again.
 */
export class TimeoutClosingClient extends pg.Client {
  // The overloads of `query` can't be repeated here: arguments and result are passed through.
  override query(...args: unknown[]): never {
    const result = (super.query as (...args: unknown[]) => unknown).apply(this, args);
    if (result instanceof Promise) void this.#endOnTimeout(result);
    return result as never;
  }

  async #endOnTimeout(result: Promise<unknown>): Promise<void> {
    try {
      await result;
    } catch (error) {
      // The caller handles errors; only the timeout matters here. While a query is running, `end` closes the socket immediately.
      if (error instanceof Error && error.message === 'Query read timeout') await this.end();
    }
  }
}
