import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { type LoadWebSocket, openWebSocket } from './web-socket.ts';

/** Opens a WebSocket and resolves to the first `count` texts; rejects when it ends before. */
async function listen(
  port: number,
  path: string,
  count: number,
  onOpen: (socket: LoadWebSocket) => void = () => undefined,
): Promise<string[]> {
  const received: string[] = [];
  return await new Promise((resolve, reject) => {
    const onText = (bytes: Buffer, start: number, end: number) => {
      received.push(bytes.toString('utf8', start, end));
      if (received.length === count) resolve(received);
    };
    openWebSocket({ port, path, from: '127.0.0.9' }, { onOpen, onText, onEnd: reject });
  });
}

let server: WebSocketServer;
let port = 0;
beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/chat' });
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

it('exchanges texts of all sizes with a real server, from the given IP address', async () => {
  let from: string | undefined;
  server.on('connection', (socket, request) => {
    from = request.socket.remoteAddress;
    // It may arrive together with the head.
    socket.send('hello');
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
  });
  const sent = [0, 1, 125, 126, 127, 5_000, 65_535].map((size) => 'x'.repeat(size));
  const received = await listen(port, '/chat', sent.length + 1, (socket) => sent.forEach((text) => socket.send(text)));
  expect(received).toEqual(['hello', ...sent]);
  expect(from).toBe('127.0.0.9');
});

it('ends when the server refuses it', async () => {
  await expect(listen(port, '/other', 1)).rejects.toThrow('400');
});

it('ends when the server closes the connection instead of answering', async () => {
  const closing = createServer((socket) => socket.end());
  closing.listen(0, '127.0.0.1');
  await once(closing, 'listening');
  await expect(listen((closing.address() as AddressInfo).port, '/chat', 1)).rejects.toThrow('closed the connection');
  closing.close();
});

it('ends when the server closes it', async () => {
  server.on('connection', (socket) => socket.terminate());
  await expect(listen(port, '/chat', 1)).rejects.toThrow('closed the connection');
});
