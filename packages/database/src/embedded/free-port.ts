import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that operating systems give to outgoing connections and to servers that ask for any port. */
const LOWEST = 14_000;
const HIGHEST = 31_999;

/**
 * A port of this machine on which nothing listens. Never one that the system gives out: between this call and the server's start another process could be given
 * it, and a client that keeps trying to connect to it while nothing listens could be given it as its own port and end up connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
