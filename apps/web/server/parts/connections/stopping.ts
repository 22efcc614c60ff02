import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How often it is looked whether anything happens any more. Milliseconds. */
const LOOK_EVERY_MS = 50;
/** When nothing was asked for so long, nothing is on its way any more. Milliseconds. */
const QUIET_MS = 500;

/** The orderly end of an HTTP server. */
export interface Stopping {
  /** True from the moment that `stop` is asked for. */
  hasBegun(): boolean;
  /**
   * Takes no connection any more, answers what is under way and what still comes over open connections, and ends each of those after its answer.
   * Resolves when none is left, or after `withinMs`, when those that are left are cut.
   */
  stop(withinMs: number): Promise<void>;
}

/** Watches the requests of a server, so that it can be stopped. Must be called before the server gets a listener that answers. */
export function watchForStopping(server: Server): Stopping {
  const underWay = new Set<ServerResponse>();
  let begun = false;

  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (begun) sayLast(response);
  });

  return {
    hasBegun: () => begun,
    async stop(withinMs) {
      begun = true;
      for (const response of underWay) sayLast(response);
      if (!server.listening) return;
      // As `net` closes: `http` would also end, at once, every connection between two requests, and a request on its way there would be lost.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      let quietSince = performance.now();
      const looking = setInterval(() => {
        const now = performance.now();
        if (underWay.size > 0) quietSince = now;
        // Connections that never had a request are not idle to Node: browsers open some in advance.
        else if (now - quietSince > QUIET_MS) server.closeAllConnections();
      }, LOOK_EVERY_MS);
      const impatience = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearInterval(looking);
      clearTimeout(impatience);
    },
  };
}

/** Has the connection end with this answer, and the other side know it. */
function sayLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
