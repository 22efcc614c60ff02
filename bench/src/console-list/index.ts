import { randomUUID } from 'node:crypto';

import { createOperatorChat } from '@switchboard/client';
import { createTab, FakeServer, FakeSocket } from '@switchboard/client/testing';

import type { Benchmark } from '../benchmark.ts';
import { runAlternately, toRow } from '../figures.ts';

const FEW = 20;
const MANY = 2_000;
const ROUNDS = 7;
/** Conversations of the small console, and messages in a round: each of its visitors writes once. */
const MESSAGES = FEW;
const OPERATOR = { operatorId: 1, name: 'Olga' };

/** How long a console takes for one incoming message, with few known conversations and with many: both should take the same time. */
export const consoleList: Benchmark = {
  name: 'console-list',
  title: 'One message in a console that has heard of few or many conversations',
  async run() {
    const [few, many] = [await openConsole(FEW), await openConsole(MANY)];
    const given = await runAlternately(ROUNDS, { few: async () => await hear(few), many: async () => await hear(many) });
    for (const { close } of [few, many]) close();
    const row = toRow(`after ${FEW}`, 'µs', given.few);
    return { conditions: { 'messages a round': MESSAGES }, rows: [row, toRow(`after ${MANY}`, 'µs', given.many, row)] };
  },
};

interface Console {
  readonly server: FakeServer;
  readonly socket: FakeSocket;
  readonly close: () => void;
}

/** A console that shows so many conversations and has received a message in each. */
async function openConsole(visitors: number): Promise<Console> {
  const server = new FakeServer();
  for (let n = 1; n <= visitors; n += 1) server.commit(server.addClient(`Visitor ${n}`).id, { text: 'Hello' });
  const socket = new FakeSocket();
  const overrides = { openSocket: () => socket.asSocket(), indexedDB: undefined, locks: undefined };
  const tab = createTab({ fetch: server.fetchAs(OPERATOR), overrides });
  const operator = { id: OPERATOR.operatorId, name: OPERATOR.name };
  const chat = createOperatorChat({ relay: { url: 'http://relay', path: '/chat' }, operator }, tab);
  // A view also reads the rows after every change.
  chat.subscribe(() => chat.getSnapshot().conversations.at(0));
  while (chat.getSnapshot().list !== 'ready' || chat.getSnapshot().hasMore) {
    await chat.loadMore();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { address } of server.clients.values()) socket.receive('incomingMessage', message(address));
  // Until all messages are known to be saved, and conversations without a view are released.
  await wait(12_000);
  const close = () => {
    chat.close();
    tab.kill();
  };
  return { server, socket, close };
}

/** Microseconds from a message to the updated rows. */
async function hear({ server, socket }: Console): Promise<number> {
  await wait(1_000);
  const addresses = [...server.clients.values()].slice(-MESSAGES).map(({ address }) => address);
  const began = performance.now();
  for (const address of addresses) socket.receive('incomingMessage', message(address));
  return ((performance.now() - began) * 1_000) / MESSAGES;
}

function message(from: string) {
  return { from, type: 'text', message: 'Hello?', messageKey: randomUUID(), timestamp: new Date().toISOString() };
}

async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
