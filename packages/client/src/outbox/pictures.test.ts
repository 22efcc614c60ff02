import { afterEach, describe, expect, it, vi } from 'vitest';

import { BACKOFF_MAX_MS } from '../platform/backoff.ts';
import type { FakeRequest } from '../testing/fake-server.ts';
import { closeTabs, createServer, entry, picture, start, texts } from '../testing/open-outbox.ts';

afterEach(closeTabs);

const isUpload = ({ path }: Pick<FakeRequest, 'path'>) => path === '/api/chat/uploads';
const uploads = (server: ReturnType<typeof createServer>) => server.requests.filter(isUpload);
const aPicture = () => entry('', { body: picture() });
const failures = (outbox: Awaited<ReturnType<typeof start>>['outbox']) => outbox.entries().map(({ failure }) => failure);

/** Advances the time by `ms` in steps; with `reached`, the server answers another request after each step. */
async function pass(outbox: Awaited<ReturnType<typeof start>>['outbox'], ms: number, reached: boolean): Promise<void> {
  for (let gone = 0; gone < ms; gone += 1_000) {
    if (reached) outbox.reached();
    await vi.advanceTimersByTimeAsync(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a picture whose upload fails', () => {
  it('is set aside when the server answers everything else, and later messages are sent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    server.fault = (request) => (isUpload(request) ? { code: 'internal' } : undefined);
    const { outbox, uploaded } = await start(server);
    await outbox.add(aPicture());
    await outbox.add(entry('after'));
    await pass(outbox, 15_000, true);
    expect(texts(server), 'not at once: a server that starts anew answers some things before others').toEqual([]);
    await pass(outbox, 60_000, true);
    await vi.waitFor(() => expect(texts(server)).toEqual(['after']));
    expect(failures(outbox)).toEqual(['picture_stuck']);
    expect([outbox.unsent(1), outbox.isFailing()]).toEqual([1, false]);
    server.fault = () => undefined;
    await outbox.retry(outbox.entries()[0]!);
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    expect(uploaded).toHaveLength(1);
    expect(server.clients.get(1)?.rows.map(({ messageType }) => messageType)).toEqual(['TEXT', 'IMAGE']);
  });

  it('keeps its position while the server answers nothing, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    server.fault = () => 'refuse';
    const { outbox } = await start(server);
    await outbox.add(aPicture());
    await outbox.add(entry('after'));
    await pass(outbox, 300_000, false);
    expect(uploads(server).length).toBeGreaterThan(10);
    expect(failures(outbox)).toEqual([null, null]);
    server.fault = () => undefined;
    await vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
    await vi.waitFor(() => expect(server.clients.get(1)?.rows.map(({ messageType }) => messageType)).toEqual(['IMAGE', 'TEXT']));
  });

  it('does not delay other conversations', async () => {
    const server = createServer();
    server.addClient();
    server.fault = (request) => (isUpload(request) ? 'refuse' : undefined);
    const { outbox } = await start(server);
    await outbox.add(aPicture());
    await outbox.add(entry('elsewhere', { clientId: 2 }));
    await vi.waitFor(() => expect(outbox.entries().map(({ clientId }) => clientId)).toEqual([1]));
  });

  it('can be discarded during the upload, and is neither saved nor relayed', async () => {
    const server = createServer();
    let letGo: () => void = () => undefined;
    const answer = server.fetchAs();
    const fetch = async (path: string, init: RequestInit) => {
      if (isUpload({ path })) await new Promise<void>((resolve) => (letGo = resolve));
      return await answer(path, init);
    };
    const { outbox, uploaded } = await start(server, { fetch });
    await outbox.add(aPicture());
    await outbox.add(entry('after'));
    await vi.waitFor(() => expect(outbox.progress(outbox.entries()[0]!)).toBe(0.5));
    await outbox.discard(outbox.entries()[0]!);
    // The text does not wait for the upload's end.
    await vi.waitFor(() => expect(texts(server)).toEqual(['after']));
    letGo();
    await vi.waitFor(() => expect(uploads(server)).toHaveLength(1));
    await outbox.add(entry('last'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['after', 'last']));
    expect([outbox.entries().length, uploaded.length]).toEqual([0, 0]);
  });
});
