import { expect, vi } from 'vitest';

import type { ConversationContext } from '../conversation/context.ts';
import { Conversation } from '../conversation/conversation.ts';
import type { Watermarks } from '../conversation/receipts.ts';
import type { ConversationHandle } from '../model/types.ts';
import { Outbox } from '../outbox/outbox.ts';
import { createServerClock } from '../platform/server-clock.ts';
import { createHttp } from '../transport/http.ts';
import { createTab } from './fake-effects.ts';
import { FakeServer } from './fake-server.ts';

/** The server of the running test, with one client. */
export let server: FakeServer;
let close = () => undefined as void;

/** Starts the server and fake time; call it before each test. */
export function startConversations(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  server = new FakeServer();
  server.addClient();
}

/** Closes everything that a test has opened. */
export function closeConversations(): void {
  close();
  vi.useRealTimers();
}

/** A visitor's conversation without a relay. */
export async function openConversation(offsetMs = 0, more: Partial<ConversationContext> = {}) {
  const tab = createTab({ fetch: server.fetchAs(), random: () => 0.5, overrides: { now: () => Date.now() + offsetMs } });
  const clock = createServerClock(() => tab.now());
  const http = createHttp(tab, clock, { headers: () => ({ authorization: 'Bearer v1' }), renew: () => Promise.resolve(false) });
  const outbox = new Outbox(tab, {
    owner: 'visitor',
    asOperator: false,
    save: async (messages) => (await http.request('POST /api/chat/messages', { body: { messages } })).messages,
    upload: () => Promise.reject(new Error('not here')),
    onUploaded: () => undefined,
  });
  await outbox.load();
  outbox.begin();
  const reports: Watermarks[] = [];
  const arrivals: (string | null)[] = [];
  const seen: [string | null, boolean][] = [];
  const opened = new Conversation({
    effects: tab,
    http,
    clock,
    outbox,
    clientId: 1,
    sessionId: null,
    side: { kind: 'client' },
    operator: null,
    maxImageBytes: 1_000_000,
    checkHidden: true,
    relay: () => Promise.resolve(null),
    sendTyping: () => undefined,
    report: (marks) => {
      reports.push(marks);
      return Promise.resolve();
    },
    onArrival: (message, inView) => {
      arrivals.push(message.body.text);
      seen.push([message.body.text, inView]);
    },
    onReached: () => outbox.kick(true),
    ...more,
  });
  close = () => {
    opened.close();
    outbox.close();
    tab.kill();
  };
  return { conversation: opened.screen, feed: opened.feed, sync: opened.sync, tab, reports, arrivals, seen };
}

export const texts = (conversation: ConversationHandle) => conversation.getSnapshot().messages.map((message) => message.body.text);
export const say = (text: string) => server.commit(1, { text, senderType: 'OPERATOR', operatorName: 'Grace' });
export const ready = (conversation: ConversationHandle) => vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
