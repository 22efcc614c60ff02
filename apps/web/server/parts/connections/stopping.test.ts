import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { watchForStopping, type Stopping } from './stopping.ts';

/** Longer than any test may take: a test that waits for it fails. */
const NEVER_MS = 3_600_000;
let server: Server;
let stopping: Stopping;
const agents: Agent[] = [];

/** A server whose responses take this long. */
async function start(answerMs: number): Promise<number> {
  server = createServer();
  stopping = watchForStopping(server);
  server.on('request', (_request, response) => {
    void delay(answerMs).then(() => response.end('done'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
  server.closeAllConnections();
  server.close();
});

/** Sends one request over a kept-alive connection and returns its outcome. */
async function ask(port: number, agent: Agent): Promise<string> {
  return await new Promise((resolve) => {
    const asking = request({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(`${response.statusCode} ${response.headers.connection}`));
    });
    asking.once('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
    asking.end();
  });
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

it('answers the requests under way and then stops, however busy its connections are', async () => {
  const port = await start(30);
  const outcomes: string[] = [];
  const busy = Promise.all(
    Array.from({ length: 20 }, async () => {
      const agent = keepAlive();
      for (let last = ''; last !== 'ECONNREFUSED';) {
        last = await ask(port, agent);
        outcomes.push(last);
      }
    }),
  );
  await expect.poll(() => outcomes.length).toBeGreaterThan(100);
  await stopping.stop(NEVER_MS);
  await busy;
  // No request was aborted: each was answered, or its connection refused.
  expect(new Set(outcomes)).toEqual(new Set(['200 keep-alive', '200 close', 'ECONNREFUSED']));
});

it('does not wait for idle connections', async () => {
  const port = await start(0);
  await ask(port, keepAlive());
  const idle = connect(port, '127.0.0.1');
  await once(idle, 'connect');
  const closed = once(idle, 'close');
  await stopping.stop(NEVER_MS);
  await closed;
  expect(idle.destroyed).toBe(true);
});

it('aborts a response that takes too long', async () => {
  const port = await start(60_000);
  const hanging = ask(port, keepAlive());
  await once(server, 'request');
  await stopping.stop(100);
  expect(await hanging).toBe('ECONNRESET');
});
