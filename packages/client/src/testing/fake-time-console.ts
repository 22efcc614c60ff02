import { vi } from 'vitest';

import type { ArrivedMessage, OperatorChat } from '../model/types.ts';
import { createOperatorChat } from '../operator/operator-chat.ts';
import { createTab } from './fake-effects.ts';
import type { FakeTab } from './fake-effects.ts';
import type { FakeOperator, FakeServer } from './fake-server.ts';
import { FakeSocket } from './fake-socket.ts';

export interface FakeTimeConsole {
  readonly chat: OperatorChat;
  readonly tab: FakeTab;
  readonly socket: FakeSocket;
  readonly arrivals: ArrivedMessage[];
}

/** A console without a network or a disk, for tests with fake time (`advanceTime`). `fetch` replaces that of the server. */
export function openFakeTimeConsole(server: FakeServer, operator: FakeOperator, fetch = server.fetchAs(operator)): FakeTimeConsole {
  const socket = new FakeSocket();
  const overrides = { openSocket: () => socket.asSocket(), indexedDB: undefined, locks: undefined };
  const tab = createTab({ fetch, random: () => 0.5, overrides });
  const { operatorId: id, name } = operator;
  const chat = createOperatorChat({ relay: { url: 'http://relay', path: '/chat' }, operator: { id, name } }, tab);
  const arrivals: ArrivedMessage[] = [];
  chat.onArrival((arrived) => arrivals.push(arrived));
  return { chat, tab, socket, arrivals };
}

/** Starts fake time, which passes only by `advanceTime`. Requests are answered without any time passing. */
export function startFakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
}

/** Runs all pending work that needs no time to pass. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 8; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function advanceTime(ms: number, step = 100): Promise<void> {
  await settle();
  for (let passed = 0; passed < ms; passed += step) {
    vi.advanceTimersByTime(step);
    await settle();
  }
}
