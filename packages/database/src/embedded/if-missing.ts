/** For `catch` behind a look at a file: one that is not there is undefined. Any other error means that nobody knows, and goes on. */
export function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
  throw error;
}
