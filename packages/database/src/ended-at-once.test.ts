import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { openDatabase } from './database.ts';
import { Prisma } from './generated/client.ts';

const sockets: Socket[] = [];
let server: Server;

/** A message of PostgreSQL's protocol: a letter, the length, the content. */
function message(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** AuthenticationOk, ReadyForQuery, and a shutdown error, in one packet. */
const READY_THEN_SHUTDOWN = Buffer.concat([
  message('R', Buffer.from([0, 0, 0, 0])),
  message('Z', Buffer.from('I')),
  message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')),
]);

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(READY_THEN_SHUTDOWN));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('a server that closes a connection in the packet that completes it fails the query, not the process', async () => {
  const { port } = server.address() as AddressInfo;
  const database = openDatabase({ url: `postgresql://nobody:x@127.0.0.1:${port}/none`, applicationName: 'test' });
  await expect(database.transact(async (tx) => await tx.query(Prisma.sql`SELECT 1`))).rejects.toThrow(/terminat|connection|closed/i);
  await expect(database.prisma.$transaction(async (tx) => await tx.$queryRaw`SELECT 1`)).rejects.toThrow(/terminat|connection|closed/i);
  await expect(database.ping()).rejects.toThrow(/terminat|connection|closed/i);
  await database.close();
});
