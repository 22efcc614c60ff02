import pg from 'pg';

/**
 * A connection that ends itself when a query ran into `query_timeout`. Without that the connection goes on waiting for the answer, everything else
 * that is asked over it waits too (the ROLLBACK of the same transaction first of all), and the pool hands it out again.
 */
export class ImpatientClient extends pg.Client {
  // The many overloads of `query` can't be written once more: arguments and result pass through as they are.
  override query(...args: unknown[]): never {
    const result = (super.query as (...args: unknown[]) => unknown).apply(this, args);
    if (result instanceof Promise) void this.#endWhenStuck(result);
    return result as never;
  }

  async #endWhenStuck(result: Promise<unknown>): Promise<void> {
    try {
      await result;
    } catch (error) {
      // Whoever asked hears of every error; here only this one matters. With a query under way `end` closes the socket without a farewell.
      if (error instanceof Error && error.message === 'Query read timeout') await this.end();
    }
  }
}
