import { randomUUID } from 'node:crypto';

import { ChatError } from '@switchboard/protocol/errors';
import type { NewMessage } from '@switchboard/protocol/types';
import { vi } from 'vitest';

import { fileOf } from '../outbox/entry.ts';
import type { NewEntry } from '../outbox/entry.ts';
import { Outbox } from '../outbox/outbox.ts';
import { createServerClock } from '../platform/server-clock.ts';
import { createHttp } from '../transport/http.ts';
import { uploadImage } from '../transport/upload.ts';
import { createTab, type FakeBrowser } from './fake-effects.ts';
import type { FakeTab, TabOptions } from './fake-effects.ts';
import { FakeServer } from './fake-server.ts';

const open: { outbox: Outbox; tab: FakeTab }[] = [];
/** Kills every tab that was opened. Call it after each test. */
export function closeTabs(): void {
  for (const { outbox, tab } of open.splice(0)) {
    tab.kill();
    outbox.close();
  }
  vi.useRealTimers();
}

export interface Setup {
  readonly tab: FakeTab;
  readonly outbox: Outbox;
  readonly uploaded: string[];
}

/** A visitor's outbox in a tab, with the real HTTP code and a fake server. */
export function openOutbox(server: FakeServer, options: TabOptions = {}): Setup {
  const tab = createTab({ fetch: server.fetchAs(), ...options });
  const clock = createServerClock(() => Date.now());
  const http = createHttp(tab, clock, { headers: () => ({ authorization: 'Bearer v1' }), renew: () => Promise.resolve(false) });
  const uploaded: string[] = [];
  const outbox = new Outbox(tab, {
    owner: 'visitor',
    asOperator: false,
    save: async (messages) => (await http.request('POST /api/chat/messages', { body: { messages } })).messages,
    upload: async (given, onProgress, signal) => {
      const file = fileOf(given);
      onProgress(0.5);
      const canceled = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new ChatError('unavailable', 'Canceled.')));
      });
      const picture = { blob: file?.blob ?? new Blob(), name: file?.name ?? '', uploadKey: given.key, signal };
      return await Promise.race([canceled, uploadImage(tab, http, picture, onProgress)]);
    },
    onUploaded: (entry) => uploaded.push(fileOf(entry)?.url ?? ''),
  });
  open.push({ outbox, tab });
  return { tab, outbox, uploaded };
}

export async function start(server: FakeServer, options: TabOptions = {}): Promise<Setup> {
  const setup = openOutbox(server, options);
  await setup.outbox.load();
  setup.outbox.begin();
  return setup;
}

let sent = 0;
export function entry(text: string, more: Partial<NewEntry> = {}): NewEntry {
  sent += 1;
  const createdAt = new Date(Date.now() + sent).toISOString();
  return { key: randomUUID(), clientId: 1, senderType: 'CLIENT', clientSocketId: null, body: { type: 'text', text }, createdAt, ...more };
}

export function createServer(): FakeServer {
  const server = new FakeServer();
  server.addClient();
  return server;
}
export const texts = (server: FakeServer) => server.clients.get(1)?.rows.map((row) => row.text);
export const saves = (server: FakeServer) => server.requests.filter((request) => request.path === '/api/chat/messages');
export const batchOf = (request: { body: Record<string, unknown> }) => request.body['messages'] as NewMessage[];
export const picture = (): NewEntry['body'] => ({
  type: 'image',
  image: { blob: new Blob(['x'], { type: 'image/png' }), url: null, name: 'a.png', mimeType: 'image/png', width: null, height: null },
  text: null,
});

export function opened(browser: FakeBrowser): Promise<IDBDatabase> {
  return new Promise((resolve) => {
    const request = browser.indexedDB.open('switchboard-outbox', 1);
    request.addEventListener('success', () => resolve(request.result));
  });
}

export async function storePrototype(browser: FakeBrowser): Promise<IDBObjectStore> {
  const database = await opened(browser);
  const store = database.transaction('entries').objectStore('entries');
  database.close();
  return store;
}
