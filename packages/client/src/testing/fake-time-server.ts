import { vi } from 'vitest';

import type { FakeClient } from './fake-list.ts';
import { FakeServer } from './fake-server.ts';
import { ALAN, GRACE } from './open-chats.ts';
import { startFakeTime, openFakeTimeConsole, advanceTime, settle } from './fake-time-console.ts';
import type { FakeTimeConsole } from './fake-time-console.ts';

/** The server of the running test. */
export let server: FakeServer;
let consoles: FakeTimeConsole[] = [];

/** Starts the server and fake time; call it before each test. Hints reach every console at once. */
export function openFakeTimeServer(): void {
  startFakeTime();
  server = new FakeServer();
  consoles = [];
  const emit = (event: string, payload: unknown) => {
    for (const { socket } of consoles) socket.receive(event, payload);
  };
  server.onCommit = (client) => emit('conversationChanged', { clientId: client.address, lastSeq: client.rows.length, what: ['messages'] });
  server.onVisitorChanged = (client, what) =>
    emit('conversationChanged', { clientId: client.address, lastSeq: client.rows.length, visitorChanged: true, what: [what] });
  server.onReceipts = (client, by) =>
    emit('messagesSeen', { clientId: client.address, by, deliveredSeq: 0, readSeq: client.receipts[`${by}ReadSeq`] });
}

/** Closes everything that a test has opened. */
export function closeFakeTimeServer(): void {
  for (const { chat, tab } of consoles) {
    chat.close();
    tab.kill();
  }
  vi.useRealTimers();
}

/** Opens a console some seconds after the last change. */
export async function open(operator = GRACE): Promise<FakeTimeConsole> {
  await advanceTime(5_000, 5_000);
  const opened = openFakeTimeConsole(server, operator);
  consoles.push(opened);
  await settle();
  return opened;
}

/** Creates visitors who wait for an answer, the first one longest. */
export function visitors(count: number): FakeClient[] {
  const begin = Date.now() - count * 60_000;
  return Array.from({ length: count }, (_, index) => {
    const client = server.addClient(`Visitor ${index + 1}`);
    server.commit(client.id, { text: 'Hello', sentAt: new Date(begin + index * 60_000).toISOString() });
    return client;
  });
}

/** Answers as a colleague. */
export const answer = (client: FakeClient, text = 'Yes') =>
  server.commit(client.id, { text, senderType: 'OPERATOR', operatorId: ALAN.operatorId, operatorName: ALAN.name });
/** The rows of the view. */
export const ids = ({ chat }: FakeTimeConsole) => chat.getSnapshot().conversations.map(({ clientId }) => clientId);
export const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** The queries of the list's requests so far. */
export const asked = () => server.requests.filter(({ path }) => path === '/api/chat/recent').map(({ query }) => query.toString());
