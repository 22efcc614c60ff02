import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { fileOf } from '../outbox/entry.ts';
import { createTab } from '../testing/fake-effects.ts';
import { liveMessage } from '../timeline/live-message.ts';
import { FallbackSaver } from './fallback-saver.ts';
import type { FallbackSaverHooks } from './fallback-saver.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const KEY = '0b0e1f52-7d0c-4c6e-9a3b-6f7f6c1f2a10';
const event = (more: object = {}) =>
  liveMessage({ type: 'text', message: 'Hello', timestamp: '2026-11-23T08:00:00.000Z', ...more }, { from: 'socket', senderType: 'CLIENT' });

function createFallbackSaver(isSaved: FallbackSaverHooks['isSaved'], random = () => 0.5) {
  const save = vi.fn<FallbackSaverHooks['save']>(() => Promise.resolve());
  const check = vi.fn<FallbackSaverHooks['isSaved']>(isSaved);
  return { save, check, backstop: new FallbackSaver(createTab({ random }), { save, isSaved: check }) };
}

describe('the fallback saver', () => {
  it('leaves a message with a key to its sender, if they save it', async () => {
    const { backstop, save, check } = createFallbackSaver(() => Promise.resolve(true));
    backstop.watch(1, 'socket', event({ messageKey: KEY }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(check).toHaveBeenCalledExactlyOnceWith(1, KEY);
    expect(save).not.toHaveBeenCalled();
  });

  it('asks after four to eight seconds, each console at another time, and saves a missing message under the same key', async () => {
    for (const random of [0, 0.999]) {
      const { backstop, save, check } = createFallbackSaver(
        () => Promise.resolve(false),
        () => random,
      );
      backstop.watch(1, 'socket', event({ messageKey: KEY }));
      const due = 4_000 + 4_000 * random;
      await vi.advanceTimersByTimeAsync(due - 1);
      expect(check).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2);
      expect(save).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({
          key: KEY,
          clientId: 1,
          senderType: 'CLIENT',
          clientSocketId: 'socket',
          body: { type: 'text', text: 'Hello' },
        }),
      );
    }
  });

  it('saves a message without a key at once, with the relay’s time', () => {
    const { backstop, save } = createFallbackSaver(() => Promise.resolve(false));
    backstop.watch(1, 'socket', event());
    expect(save).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ key: event().key, createdAt: '2026-11-23T08:00:00.000Z' }));
  });

  it('removes characters that the database refuses', () => {
    const { backstop, save } = createFallbackSaver(() => Promise.resolve(false));
    backstop.watch(1, 'socket', event({ message: 'He\u0000llo' }));
    backstop.watch(1, 'socket', event({ message: '\u0000' }));
    expect(save).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ body: { type: 'text', text: 'Hello' } }));
  });

  it('uploads a picture that is a data URL', async () => {
    const { backstop, save } = createFallbackSaver(() => Promise.resolve(false));
    const image = `data:image/png;base64,${btoa('png!')}`;
    backstop.watch(1, 'socket', event({ type: 'image', message: null, image, name: 'cat.png' }));
    const [entry] = save.mock.calls[0] ?? [];
    expect(entry?.body).toMatchObject({ type: 'image', image: { url: null, name: 'cat.png', mimeType: 'image/png' } });
    expect(await (entry === undefined ? undefined : fileOf(entry))?.blob?.text()).toBe('png!');
  });

  it('keeps a picture that is a URL already, and ignores an empty message', () => {
    const { backstop, save } = createFallbackSaver(() => Promise.resolve(false));
    backstop.watch(1, 'socket', event({ type: 'image', message: null, image: 'https://example.org/cat.png' }));
    expect(save.mock.calls[0]?.[0].body).toMatchObject({ type: 'image', image: { blob: null, url: 'https://example.org/cat.png' } });
    backstop.watch(1, 'socket', event({ message: ' ' }));
    backstop.watch(1, 'socket', event({ type: 'image', message: null, image: 'data:image/png;base64,***' }));
    expect(save).toHaveBeenCalledTimes(1);
  });
});
