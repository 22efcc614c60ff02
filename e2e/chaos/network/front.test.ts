import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createRandom } from '../random.ts';
import type { Fault } from './fault.ts';
import { Edge, Front } from './front.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
let front: Front;
let one: Edge;
let two: Edge;

/** A server that answers every line with the line and its own name. */
async function serve(name: string): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (line: string) => socket.write(`${name}: ${line}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  one = new Edge('one', await serve('one'));
  two = new Edge('two', await serve('two'));
  front = await Front.open([one, two], createRandom('test'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await front.close();
  for (const server of servers.splice(0)) server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(front.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket.setEncoding('utf8');
}

/** The answer, or the reason why there is none. */
async function ask(socket: Socket, line: string): Promise<string> {
  const answered = once(socket, 'data').then(([answer]) => String(answer));
  const broken = once(socket, 'close').then(() => 'broken');
  socket.write(line);
  return await Promise.race([answered.catch((error: Error) => error.message), broken.catch((error: Error) => error.message)]);
}

function setBoth(fault: Fault | null): void {
  one.setFault(fault);
  two.setFault(fault);
}

describe('a front', () => {
  it('forwards in both directions, to each of its servers alternately', async () => {
    expect([await ask(await open(), 'a'), await ask(await open(), 'b')]).toEqual(['one: a', 'two: b']);
  });

  it('uses the remaining server, and refuses connections when there is none', async () => {
    one.setFault({ kind: 'refuse' });
    expect([await ask(await open(), 'a'), await ask(await open(), 'b')]).toEqual(['two: a', 'two: b']);
    two.setFault({ kind: 'refuse' });
    await expect(open()).rejects.toThrow('ECONNREFUSED');
    setBoth(null);
    await expect.poll(async () => await ask(await open(), 'c')).toMatch(/: c$/);
  });

  it('uses the next server when the first does not listen', async () => {
    servers[0]?.close();
    expect([await ask(await open(), 'a'), await ask(await open(), 'b')]).toEqual(['two: a', 'two: b']);
  });
});

describe('a fault', () => {
  it('cut: breaks the existing connections', async () => {
    const socket = await open();
    await ask(socket, 'a');
    expect(one.cut()).toBe(1);
    await once(socket, 'close').catch(() => undefined);
    expect(await ask(await open(), 'b')).toBe('two: b');
  });

  it('blackhole: forwards nothing until it ends, and then everything', async () => {
    const socket = await open();
    setBoth({ kind: 'blackhole' });
    const answer = ask(socket, 'a');
    const silence = new Promise((resolve) => setTimeout(resolve, 60, 'silence'));
    expect(await Promise.race([answer, silence])).toBe('silence');
    setBoth(null);
    expect(await answer).toBe('one: a');
  });

  it('one-way: forwards to the server, and nothing from the server', async () => {
    const socket = await open();
    setBoth({ kind: 'one-way', direction: 'down' });
    const answer = ask(socket, 'a');
    const server = sockets.find((candidate) => candidate.bytesRead === 1);
    await expect.poll(() => sockets.some((candidate) => candidate !== socket && candidate.bytesRead === 1)).toBe(true);
    expect(server?.destroyed ?? false).toBe(false);
    expect(socket.bytesRead).toBe(0);
    setBoth(null);
    expect(await answer).toBe('one: a');
  });

  it('delay: delays data in each direction, and keeps the order', async () => {
    const socket = await open();
    setBoth({ kind: 'delay', ms: 60, jitterMs: 40 });
    const began = performance.now();
    expect(await ask(socket, 'a')).toBe('one: a');
    // At least 20 ms in each direction; timers may be a little early.
    expect(performance.now() - began).toBeGreaterThan(35);
    let heard = '';
    socket.on('data', (chunk: string) => (heard += chunk.replaceAll('one: ', '')));
    for (const letter of 'abcdefgh') {
      socket.write(letter);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await expect.poll(() => heard).toBe('abcdefgh');
  });

  it('drop-answer: forwards the request, and loses the answer with the connection', async () => {
    setBoth({ kind: 'drop-answer', share: 1, match: 'POST' });
    const socket = await open();
    expect(await ask(socket, 'GET')).toBe('one: GET');
    const closed = once(socket, 'close').catch(() => undefined);
    socket.write('POST');
    await closed;
    expect(sockets.some((server) => server !== socket && server.bytesRead === 'GETPOST'.length)).toBe(true);
    expect(socket.bytesRead).toBe('one: GET'.length);
    expect(one.hits).toBe(1);
  });

  it('cut-after: breaks the connection in the middle of an answer', async () => {
    setBoth({ kind: 'cut-after', bytes: 10 });
    const socket = await open();
    expect(await ask(socket, 'abc')).toBe('one: abc');
    const closed = once(socket, 'close').catch(() => undefined);
    socket.write('more');
    await closed;
    expect(one.hits).toBe(1);
  });

  it('throttle: forwards no faster than the given rate', async () => {
    const socket = await open();
    setBoth({ kind: 'throttle', bytesPerSecond: 1_000 });
    const began = performance.now();
    socket.write('x'.repeat(100));
    socket.end();
    expect(await text(socket)).toBe(`one: ${'x'.repeat(100)}`);
    // A tenth of a second in each direction.
    expect(performance.now() - began).toBeGreaterThan(150);
  });
});
