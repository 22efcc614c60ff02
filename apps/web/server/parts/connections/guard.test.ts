import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { countBytesUnderWay, type BytesUnderWay } from '../http/bytes-under-way.ts';
import { guardConnections, type ConnectionGuardOptions } from './guard-connections.ts';
import { addPolicyToErrors, passesGuard } from './guard-requests.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Guarded {
  readonly server: Server;
  readonly bytesUnderWay: BytesUnderWay;
  /** The requests that reached the listener behind the guards. */
  readonly served: string[];
  /** A connection without a request so far. */
  connect(): Promise<Connection>;
}
interface Connection {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly heard: () => string;
  readonly closed: Promise<unknown>;
}

/** A server behind both guards. */
async function start(
  options: Partial<ConnectionGuardOptions> & { readonly bodyMs?: number; readonly lingerMs?: number } = {},
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end('served'),
): Promise<Guarded> {
  const served: string[] = [];
  const bytesUnderWay = countBytesUnderWay({ perCaller: 200_000, inAll: 300_000 });
  const { bodyMs = 60_000, lingerMs = 60_000, ...connections } = options;
  const server = createServer();
  guardConnections(server, { trustedHops: 0, maxPerAddress: 100, ...connections });
  server.on('request', (request, response) => {
    addPolicyToErrors(response);
    if (!passesGuard(request, response, { bytesUnderWay, bodyMs, lingerMs })) return;
    served.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server,
    bytesUnderWay,
    served,
    async connect() {
      const socket = connect(port, '127.0.0.1');
      cleanUps.push(() => socket.destroy());
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      // A closed connection shows as one of two errors.
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await once(socket, 'connect');
      return { socket, heard: () => text, closed };
    },
  };
}

const GET = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
/** Sends a request and waits for the beginning of the response. */
async function ask({ socket, heard }: Connection, request: string): Promise<string> {
  const before = heard().length;
  socket.write(request);
  await expect.poll(() => heard().length).toBeGreaterThan(before);
  return heard().slice(before);
}
const status = (answer: string) => Number(answer.split(' ')[1]);

describe('a connection', () => {
  it('is closed when it sends no request or only a part of a header, and stays open after a request', async () => {
    const guarded = await start({ silentMs: 4_000 });
    const asking = await guarded.connect();
    await ask(asking, GET);
    const [silent, half] = [await guarded.connect(), await guarded.connect()];
    half.socket.write('GET /livez HTTP/1.1\r\nHost:');
    await Promise.all([silent.closed, half.closed]);
    expect(status(await ask(asking, GET))).toBe(200);
  });

  it('is kept open longer than reverse proxies keep it', async () => {
    const guarded = await start();
    expect(await ask(await guarded.connect(), GET)).toContain('Keep-Alive: timeout=75');
    expect([guarded.server.headersTimeout, guarded.server.requestTimeout]).toEqual([15_000, 300_000]);
  });

  it('counts toward the limit of its address until it is closed', async () => {
    const guarded = await start({ maxPerAddress: 3 });
    const there = [await guarded.connect(), await guarded.connect(), await guarded.connect()];
    for (const connection of there) expect(status(await ask(connection, GET))).toBe(200);
    const tooMany = await guarded.connect();
    await tooMany.closed;
    there[0]?.socket.destroy();
    await expect
      .poll(async () => {
        const next = await guarded.connect();
        next.socket.write(GET);
        await Promise.race([next.closed, once(next.socket, 'data')]);
        return next.heard().length > 0;
      })
      .toBe(true);
  });

  it('without a request is closed in favor of newer ones, so that many of them lock nobody out', async () => {
    const guarded = await start({ maxSilentPerAddress: 5, silentMs: 600_000 });
    const silent: Connection[] = [];
    for (let each = 0; each < 5; each += 1) silent.push(await guarded.connect());
    for (let each = 0; each < 10; each += 1) expect(status(await ask(await guarded.connect(), GET))).toBe(200);
    await silent[0]?.closed;
  });

  it('is not counted by address behind a proxy', async () => {
    const guarded = await start({ trustedHops: 1, maxPerAddress: 2, maxSilentPerAddress: 1, silentMs: 4_000 });
    const there: Connection[] = [];
    for (let each = 0; each < 5; each += 1) there.push(await guarded.connect());
    for (const connection of there) expect(status(await ask(connection, GET))).toBe(200);
    await (
      await guarded.connect()
    ).closed;
  });
});

describe('a request', () => {
  it.each(['http://evil.example/sign-in', 'https://evil.example', 'evil.example:80', '*', 'sign-in'])(
    'for %s is refused',
    async (target) => {
      const guarded = await start();
      const answer = await ask(await guarded.connect(), `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(status(answer)).toBe(400);
      expect(answer.split('\r\n\r\n')[0]).not.toContain('evil');
      expect(guarded.served).toEqual([]);
    },
  );

  const send = (path: string, length: number | 'chunked', body = '') =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\n${length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n${body}`;

  it.each([
    ['a page with a large body', '/', 10_000_000, 413],
    ['a page with a body of no known length', '/sign-in', 'chunked', 413],
    ['a path of Next.js that is no page', '/_next/image', 10_000_000, 413],
    ['a path that resembles the API', '/api', 10_000_000, 413],
    ['an operations route', '/livez', 1_000_000, 413],
    ['a page with the body of a server action', '/', 6, 200],
    ['the API, which reads its bodies itself', '/api/chat/uploads', 10_000_000, 200],
    ['the API with a body of no known length', '/api/chat/uploads', 'chunked', 200],
  ] as const)('for %s', async (_name, path, length, expected) => {
    const guarded = await start();
    const answer = await ask(await guarded.connect(), send(path, length, length === 6 ? 'abcdef' : ''));
    expect(status(answer)).toBe(expected);
    expect(guarded.served).toHaveLength(expected === 200 ? 1 : 0);
  });

  it('with a slow body is closed, and the bodies under way are limited together', async () => {
    // Like a page that waits for its body.
    const guarded = await start({ bodyMs: 4_000 }, (request, response) => {
      request.resume();
      request.once('end', () => response.end('served'));
    });
    const slow = await guarded.connect();
    slow.socket.write(send('/', 120_000, 'a'));
    await expect.poll(() => guarded.bytesUnderWay.total()).toBe(120_000);
    expect(status(await ask(await guarded.connect(), send('/', 120_000, 'a')))).toBe(429);
    await slow.closed;
    await expect.poll(() => guarded.bytesUnderWay.total()).toBe(0);
    expect(status(await ask(await guarded.connect(), send('/', 3, 'abc')))).toBe(200);
  });

  it('whose body is not read is answered, and its connection closed', async () => {
    const guarded = await start({ lingerMs: 200 });
    const connection = await guarded.connect();
    const answer = await ask(connection, send('/api/chat/token', 5_000_000, 'a'));
    expect(status(answer)).toBe(200);
    await connection.closed;
  });
});

describe('an error page', () => {
  it('gets a policy unless it has one', async () => {
    const guarded = await start({}, ({ url }, response) => {
      if (url === '/own') response.setHeader('Content-Security-Policy', "default-src 'self'");
      response.statusCode = url === '/fine' ? 200 : 404;
      response.end('<h1>Nothing</h1>');
    });
    const connection = await guarded.connect();
    const get = async (path: string) => (await ask(connection, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)).toLowerCase();
    expect(await get('/widget/nothing')).toContain("content-security-policy: default-src 'none'; frame-ancestors 'none'");
    expect(await get('/own')).toContain("content-security-policy: default-src 'self'\r\n");
    expect(await get('/fine')).not.toContain('content-security-policy');
  });
});
