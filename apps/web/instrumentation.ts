/** Next.js calls this once, before the server takes its first request. */
export async function register(): Promise<void> {
  // Not imported at the top: what it opens belongs to a server that starts, not to a build. `#start` leaves it out of the bundle for the edge.
  const { startServer } = await import('#start');
  startServer();
}
