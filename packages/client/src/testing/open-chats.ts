import { expect, vi } from 'vitest';

import type { ArrivedMessage, OperatorChat, VisitorChat } from '../model/types.ts';
import { createOperatorChat } from '../operator/operator-chat.ts';
import { SESSION_CHANNEL } from '../operator/operator-session.ts';
import type { Effects } from '../platform/effects.ts';
import { createVisitorChat } from '../visitor/visitor-chat.ts';
import { createTab, FakeBrowser } from './fake-effects.ts';
import type { FakeTab } from './fake-effects.ts';
import { FakeRelay } from './fake-relay.ts';
import { FakeServer } from './fake-server.ts';
import type { FakeOperator } from './fake-server.ts';
import { MemoryStore } from './memory-store.ts';

export const GRACE = { operatorId: 7, name: 'Grace' };
export const ALAN = { operatorId: 8, name: 'Alan' };

/** The two servers of the running test. */
export let server: FakeServer;
export let relay: FakeRelay;
const closers: (() => void)[] = [];

/** Starts both; call it before each test. */
export async function openServers(): Promise<void> {
  server = new FakeServer();
  relay = await FakeRelay.open();
  server.onCommit = (client) =>
    relay.hint('conversationChanged', { clientId: client.address, lastSeq: client.rows.length, what: ['messages'] });
  server.onVisitorChanged = (client, what) =>
    relay.hint('conversationChanged', { clientId: client.address, lastSeq: client.rows.length, visitorChanged: true, what: [what] });
  server.onReceipts = (client, by) => {
    const { receipts } = client;
    relay.hint('messagesSeen', {
      clientId: client.address,
      by,
      deliveredSeq: receipts[`${by}DeliveredSeq`],
      readSeq: receipts[`${by}ReadSeq`],
    });
  };
}

/** Closes everything that a test has opened. */
export async function closeServers(): Promise<void> {
  for (const close of closers.splice(0)) close();
  await relay.close();
}

export interface VisitorBrowser {
  readonly browser: FakeBrowser;
  readonly storage: MemoryStore;
}
export const newBrowser = (): VisitorBrowser => ({ browser: new FakeBrowser(), storage: new MemoryStore() });

export function openVisitor(
  { browser, storage }: VisitorBrowser = newBrowser(),
  overrides: Partial<Effects> = {},
): {
  chat: VisitorChat;
  tab: FakeTab;
  arrivals: ArrivedMessage[];
} {
  const tab = createTab({ browser, fetch: server.fetchAs(), overrides });
  const chat = createVisitorChat({ relay: { url: relay.url, path: '/chat' }, storage }, tab);
  const arrivals: ArrivedMessage[] = [];
  chat.onArrival((arrived) => arrivals.push(arrived));
  closers.push(() => {
    chat.close();
    tab.kill();
  });
  return { chat, tab, arrivals };
}

/** A browser in which operators sign in and out: all its pages share one cookie. */
export class OperatorBrowser {
  readonly browser = new FakeBrowser();
  cookie: FakeOperator | undefined = GRACE;
  readonly fetch = (path: string, init: RequestInit): Promise<Response> => server.fetchAs(this.cookie)(path, init);
  // oxlint-disable-next-line typescript/unbound-method -- it needs no `this`
  readonly #postSessionChange = this.browser.openChannel(SESSION_CHANNEL).postMessage;

  /** Signs an operator in, or out with undefined, in another tab; the open tabs are notified. */
  sign(operator: FakeOperator | undefined): void {
    this.cookie = operator;
    this.#postSessionChange('changed');
  }
}

export function openOperator(operator = GRACE, shared?: OperatorBrowser): { chat: OperatorChat; tab: FakeTab; arrivals: ArrivedMessage[] } {
  const fetch = shared?.fetch ?? server.fetchAs(operator);
  const tab = createTab({ ...(shared === undefined ? {} : { browser: shared.browser }), fetch, random: () => 0.01 });
  const chat = createOperatorChat(
    { relay: { url: relay.url, path: '/chat' }, operator: { id: operator.operatorId, name: operator.name } },
    tab,
  );
  const arrivals: ArrivedMessage[] = [];
  chat.onArrival((arrived) => arrivals.push(arrived));
  closers.push(() => {
    chat.close();
    tab.kill();
  });
  return { chat, tab, arrivals };
}

export async function startVisitor(own?: VisitorBrowser): Promise<ReturnType<typeof openVisitor>> {
  const visitor = openVisitor(own);
  await visitor.chat.start({ username: 'Ada' });
  const client = [...server.clients.values()].at(-1);
  relay.addresses.set(`v${client?.id ?? 0}`, client?.address ?? '');
  await connected(visitor.chat);
  return visitor;
}

export const connected = (chat: VisitorChat | OperatorChat) => vi.waitFor(() => expect(chat.getSnapshot().connection).toBe('connected'));
export const eventually = (check: () => void) => vi.waitFor(check, { interval: 10 });
export const said = (chat: VisitorChat) => chat.conversation?.getSnapshot().messages.map((message) => message.body.text);
export const statuses = (chat: VisitorChat) => chat.conversation?.getSnapshot().messages.map((message) => message.status);
export const seenBy = (chat: OperatorChat, clientId = 1) =>
  chat
    .conversation(clientId)
    .getSnapshot()
    .messages.map((message) => message.body.text);
