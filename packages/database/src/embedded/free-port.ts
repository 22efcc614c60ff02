import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ephemeral ports of operating systems. */
const LOWEST = 14_000;
const HIGHEST = 31_999;

/**
 * A free port of this machine outside the ephemeral range. The system could give an ephemeral port to another process before the server starts, and a client
 * that keeps connecting to it could get it as its own source port and connect to itself.
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
