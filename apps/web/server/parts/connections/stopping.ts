import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How often idleness is checked. Milliseconds. */
const CHECK_EVERY_MS = 50;
/** After this time without a request, the server counts as idle. Milliseconds. */
const QUIET_MS = 500;

/** Graceful shutdown of an HTTP server. */
export interface Stopping {
  /** True from the call of `stop` on. */
  hasBegun(): boolean;
  /**
   * Refuses new connections, answers the requests under way and those that still arrive over open connections, and closes each connection after its response.
   * Resolves when no connection is left, or after `withinMs`, when the remaining ones are closed.
   */
  stop(withinMs: number): Promise<void>;
}

/** Tracks the requests of a server, so that it can be stopped. Must be called before the server gets a listener that answers. */
export function watchForStopping(server: Server): Stopping {
  const underWay = new Set<ServerResponse>();
  let begun = false;

  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (begun) closeAfter(response);
  });

  return {
    hasBegun: () => begun,
    async stop(withinMs) {
      begun = true;
      for (const response of underWay) closeAfter(response);
      if (!server.listening) return;
      // Closes like `net`: `http` would also close every idle connection at once, and a request on its way there would be lost.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      let quietSince = performance.now();
      const checks = setInterval(() => {
        const now = performance.now();
        if (underWay.size > 0) quietSince = now;
        // Node does not count connections without a first request as idle: browsers open some in advance.
        else if (now - quietSince > QUIET_MS) server.closeAllConnections();
      }, CHECK_EVERY_MS);
      const timeout = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearInterval(checks);
      clearTimeout(timeout);
    },
  };
}

/** Closes the connection with this response, and announces that to the client. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
