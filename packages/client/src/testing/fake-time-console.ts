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

/** A console without a network or a disk, for tests that hold time in their hands (`advanceTime`). `fetch`: instead of the server's own. */
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

/** Time stands still from now on, and passes with `advanceTime`. Requests go on: they are answered at once. */
export function startFakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
}

/** Lets everything happen that is on its way. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function advanceTime(ms: number, step = 100): Promise<void> {
  await settle();
  for (let passed = 0; passed < ms; passed += step) {
    vi.advanceTimersByTime(step);
    await settle();
  }
}
