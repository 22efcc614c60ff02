import { TYPING_IDLE_MS, TYPING_REPEAT_MS, TYPING_TTL_MS } from '@switchboard/protocol/limits';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createTab } from '../testing/fake-effects.ts';
import { TypingReceiver, TypingSender } from './typing.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('TypingSender', () => {
  it('signals at the first key, repeats while keys are pressed, and stops two seconds after the last', () => {
    const told: [number, boolean][] = [];
    const start = Date.now();
    const sender = new TypingSender(createTab(), (isTyping) => told.push([Date.now() - start, isTyping]));
    for (let ms = 0; ms <= 6_500; ms += 250) {
      sender.set(true);
      vi.advanceTimersByTime(250);
    }
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([
      [0, true],
      [TYPING_REPEAT_MS, true],
      [2 * TYPING_REPEAT_MS, true],
      [6_500 + TYPING_IDLE_MS, false],
    ]);
  });

  it('stops at once when told to, and only after it had started', () => {
    const tell = vi.fn<(isTyping: boolean) => void>();
    const sender = new TypingSender(createTab(), tell);
    sender.set(false);
    expect(tell).not.toHaveBeenCalled();
    sender.set(true);
    sender.set(false);
    vi.advanceTimersByTime(60_000);
    expect(tell.mock.calls).toEqual([[true], [false]]);
  });
});

describe('TypingReceiver', () => {
  it('forgets who is typing when the signal is not repeated in time', () => {
    const onChange = vi.fn<() => void>();
    const receiver = new TypingReceiver(createTab(), onChange);
    receiver.set('Grace');
    vi.advanceTimersByTime(TYPING_TTL_MS - 1);
    expect(receiver.name()).toBe('Grace');
    receiver.set('Grace');
    vi.advanceTimersByTime(TYPING_TTL_MS - 1);
    expect(receiver.name()).toBe('Grace');
    vi.advanceTimersByTime(1);
    expect(receiver.name()).toBeNull();
    expect(onChange).toHaveBeenCalledTimes(2);
  });
});
