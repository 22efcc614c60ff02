import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that the system gives to connections. */
const LOWEST = 14_000;
const HIGHEST = 31_999;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/**
 * A free port for a server that will be killed. One that the system might give to a connection will not do: whoever tries to connect to it again and
 * again while nobody listens gets it as its own port one day, is connected to itself, and the server can't have it back.
 */
export async function serverPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}
