/** Next.js calls this once, before the server takes its first request. */
export async function register(): Promise<void> {
  // Not imported at the top: what it opens belongs to a server that starts, not to a build.
  const { startServer } = await import('./server/start.ts');
  startServer();
}
