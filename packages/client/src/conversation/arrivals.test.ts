import { expect, it } from 'vitest';

import type { ArrivedMessage, TimelineMessage } from '../model/types.ts';
import { Arrivals } from './arrivals.ts';

const arrived = (key: string): ArrivedMessage => {
  const message: TimelineMessage = {
    key,
    senderType: 'CLIENT',
    own: false,
    operatorId: null,
    operatorName: null,
    body: { type: 'text', text: key },
    createdAt: '2026-11-23T08:00:00.000Z',
    seq: null,
    status: null,
    failure: null,
    uploadProgress: null,
  };
  return { clientId: 1, message };
};

it('notifies every listener of each message once', () => {
  const arrivals = new Arrivals();
  const told: string[] = [];
  const stop = arrivals.on(({ message }) => told.push(`first ${message.key}`));
  arrivals.on(({ message }) => told.push(`second ${message.key}`));
  arrivals.notify(arrived('a'));
  arrivals.notify(arrived('a'));
  stop();
  arrivals.notify(arrived('b'));
  expect(told).toEqual(['first a', 'second a', 'second b']);
});
