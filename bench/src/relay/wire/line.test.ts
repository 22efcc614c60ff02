import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { type Line, openLine } from './line.ts';

/** Opens one, hears `count` texts and answers them with how it went. */
async function listen(port: number, path: string, count: number, onOpen: (line: Line) => void = () => undefined): Promise<string[]> {
  const heard: string[] = [];
  return await new Promise((resolve, reject) => {
    const onText = (bytes: Buffer, start: number, end: number) => {
      heard.push(bytes.toString('utf8', start, end));
      if (heard.length === count) resolve(heard);
    };
    openLine({ port, path, from: '127.0.0.9' }, { onOpen, onText, onEnd: reject });
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

it('says and hears what a real server does, from the address it was given', async () => {
  let from: string | undefined;
  server.on('connection', (socket, request) => {
    from = request.socket.remoteAddress;
    // Perhaps in one piece with the head.
    socket.send('hello');
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
  });
  const said = [0, 1, 125, 126, 127, 5_000, 65_535].map((size) => 'x'.repeat(size));
  const heard = await listen(port, '/chat', said.length + 1, (line) => said.forEach((text) => line.send(text)));
  expect(heard).toEqual(['hello', ...said]);
  expect(from).toBe('127.0.0.9');
});

it('ends when it is refused', async () => {
  await expect(listen(port, '/other', 1)).rejects.toThrow('400');
});

it('ends when the server hangs up instead of answering', async () => {
  const rude = createServer((socket) => socket.end());
  rude.listen(0, '127.0.0.1');
  await once(rude, 'listening');
  await expect(listen((rude.address() as AddressInfo).port, '/chat', 1)).rejects.toThrow('hung up');
  rude.close();
});

it('ends when the server ends it', async () => {
  server.on('connection', (socket) => socket.terminate());
  await expect(listen(port, '/chat', 1)).rejects.toThrow('hung up');
});
