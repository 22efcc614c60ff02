import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How often it is looked whether anything happens any more. Milliseconds. */
const LOOK_EVERY_MS = 50;
/** When nothing was asked for so long, nothing is on its way any more. Milliseconds. */
const QUIET_MS = 500;

/** What Node tells of a request as it begins. */
interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

/** The way out for HTTP servers that somebody else made: those of this process that ever had a request. */
export interface Stopping {
  /** True from the moment that `stop` is asked for. */
  hasBegun(): boolean;
  /**
   * Takes no connection any more, answers what is under way and what still comes over open connections, and ends each of those after its answer.
   * Resolves when none is left, or after `withinMs`, when those that are left are cut.
   */
  stop(withinMs: number): Promise<void>;
  /** Forgets everything; for tests. */
  close(): void;
}

/** Watches the requests of this process. Next.js closes its server too, but waits for whoever keeps a connection busy for as long as that likes. */
export function watchForStopping(): Stopping {
  const servers = new Set<Server>();
  const underWay = new Set<ServerResponse>();
  let begun = false;

  const note = (event: unknown) => {
    const { response, server } = event as RequestStart;
    servers.add(server);
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (begun) sayLast(response);
  };
  subscribe('http.server.request.start', note);

  async function end(server: Server, withinMs: number): Promise<void> {
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
  }

  return {
    hasBegun: () => begun,
    async stop(withinMs) {
      begun = true;
      for (const response of underWay) sayLast(response);
      await Promise.all([...servers].map(async (server) => await end(server, withinMs)));
    },
    close: () => void unsubscribe('http.server.request.start', note),
  };
}

/** Has the connection end with this answer, and the other side know it. */
function sayLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
