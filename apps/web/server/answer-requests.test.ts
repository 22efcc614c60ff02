import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { answerRequests } from './answer-requests.ts';
import { newVisitor, text, useTestServer, type Person } from './testing/test-server.ts';

const test = useTestServer({ NODE_ENV: 'production', AUTH_SECRET: randomBytes(32).toString('hex') });
let server: Server;
/** The requests that were passed to Next.js. */
const left: string[] = [];
let vera: Person;

beforeAll(async () => {
  server = createServer();
  answerRequests(server, {
    services: test.services,
    throughNext: false,
    async pages(request, response) {
      left.push(`${request.method} ${request.url}`);
      if (request.url === '/broken') throw new Error('A page that fails.');
      response.end('a page');
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  left.length = 0;
  vera = await newVisitor('Vera');
});

/** A connection that collects the response. */
async function open(): Promise<{ readonly socket: Socket; readonly heard: () => string; readonly closed: Promise<unknown> }> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  // A closed connection shows as one of two errors.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return { socket, heard: () => heard, closed };
}

/** The header of a save request of this many bytes. */
function save(length: number): string {
  return `POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: ${vera.headers['authorization']}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

it('a body that arrives in pieces is read to its end, and the connection serves the next request', async () => {
  const { socket, heard } = await open();
  const body = JSON.stringify({ messages: [text('Hello there')] });
  socket.write(save(body.length));
  await expect.poll(() => test.services.bytesUnderWay.total()).toBe(0);
  socket.write(body.slice(0, 20));
  await expect.poll(() => test.services.bytesUnderWay.total()).toBe(20);
  socket.write(body.slice(20));
  await expect.poll(heard).toMatch(/^HTTP\/1\.1 200 OK[^]*"duplicate":false/);
  expect(test.services.bytesUnderWay.total()).toBe(0);
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(heard).toMatch(/\{"ok":true\}$/);
  socket.destroy();
});

it('two requests in one packet are both answered, in their order', async () => {
  const { socket, heard } = await open();
  const body = JSON.stringify({ messages: [text('Hello')] });
  socket.write(`${save(body.length)}${body}GET /livez HTTP/1.1\r\nHost: x\r\n\r\n`);
  await expect.poll(heard).toMatch(/"duplicate":false[^]*\{"ok":true\}$/);
  socket.destroy();
});

it('an incomplete body is discarded', async () => {
  const { socket, closed } = await open();
  socket.write(`${save(500)}{"messages":`);
  await expect.poll(() => test.services.bytesUnderWay.total()).toBe(12);
  socket.destroy();
  await closed;
  await expect.poll(() => test.services.bytesUnderWay.total()).toBe(0);
});

it('a too large body is refused before it is sent, and its connection closed', async () => {
  const { socket, heard, closed } = await open();
  socket.write(`${save(400_000_000)}{`);
  await closed;
  expect(heard()).toMatch(/^HTTP\/1\.1 413 /);
});

it('HEAD is answered with the headers of GET and no body', async () => {
  const { socket, heard } = await open();
  socket.write('HEAD /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  expect(heard()).toMatch(/^HTTP\/1\.1 200 OK[^]*content-length: 11\r\n[^]*\r\n\r\n$/i);
});

it('an unsupported upgrade is ignored and the request answered', async () => {
  const { socket, heard } = await open();
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n');
  await once(socket, 'close');
  expect(heard()).toMatch(/^HTTP\/1\.1 200 OK/);
});

it('pages are answered by Next.js, and a failing one with 500', async () => {
  const { socket, heard } = await open();
  socket.write('GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\nGET /broken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  expect(left).toEqual(['GET /sign-in', 'GET /broken']);
  expect(heard()).toMatch(/a page[^]*HTTP\/1\.1 500 /);
});
