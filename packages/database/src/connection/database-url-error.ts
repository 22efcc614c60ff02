/** A DATABASE_URL that can't be used. The message says why and never shows the URL, which contains a password. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
  constructor(problem: string, options?: ErrorOptions) {
    super(`DATABASE_URL can't be used: ${problem}.`, options);
  }
}
