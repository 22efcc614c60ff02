/** For `catch` after a file access: a missing file becomes undefined; any other error is thrown again. */
export function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
  throw error;
}
