import type { Effect } from '@switchboard/chat';
import { expect, it, vi } from 'vitest';

import type { CurrentSettings } from '../settings/current-settings.ts';
import { createAfterCommit } from './after-commit.ts';
import type { RelayHints } from './relay-hints.ts';
import type { RevocationSender } from './revocation-sender.ts';

function carriedOut(...effects: Effect[]) {
  const send = vi.fn<RelayHints['send']>();
  const sendRevocation = vi.fn<RevocationSender['send']>();
  const adopt = vi.fn<CurrentSettings['adopt']>();
  const result = createAfterCommit({ hints: { send }, revocations: { send: sendRevocation }, settings: { adopt } })({
    answer: 42,
    effects,
  });
  return { result, hints: send.mock.calls.flat(), revocations: sendRevocation.mock.calls.flat(), adopted: adopt.mock.calls.flat(2) };
}

const receipts = { clientDeliveredSeq: 4, clientReadSeq: 3, operatorDeliveredSeq: 2, operatorReadSeq: 1 };
const of = { clientId: 7, address: 'a' };
const audience = { teamId: 3, assigneeId: null };
const formerAudience = { teamId: null, assigneeId: 8 };

it.each<[Effect, object]>([
  [
    { kind: 'conversation changed', ...of, lastSeq: 5, what: ['messages'], audience },
    { event: 'conversationChanged', clientId: 'a', lastSeq: 5, what: ['messages'], audience },
  ],
  [
    { kind: 'conversation changed', ...of, lastSeq: 5, what: ['messages', 'state'], audience, formerAudience },
    {
      event: 'conversationChanged',
      clientId: 'a',
      lastSeq: 5,
      visitorChanged: true,
      what: ['messages', 'state'],
      audience,
      formerAudience,
    },
  ],
  [
    { kind: 'conversation changed', ...of, lastSeq: 5, what: ['activity'], audience },
    { event: 'conversationChanged', clientId: 'a', lastSeq: 5, what: ['activity'], audience },
  ],
  [
    { kind: 'messages seen', ...of, by: 'client', receipts },
    { event: 'messagesSeen', clientId: 'a', by: 'client', deliveredSeq: 4, readSeq: 3 },
  ],
  [
    { kind: 'messages seen', ...of, by: 'operator', receipts },
    { event: 'messagesSeen', clientId: 'a', by: 'operator', deliveredSeq: 2, readSeq: 1 },
  ],
  [
    { kind: 'visitor left', ...of },
    { event: 'chatEnded', clientId: 'a' },
  ],
])('sends the hint that an effect asks for: %o', (effect, hint) => {
  expect(carriedOut(effect)).toEqual({ result: { answer: 42 }, hints: [hint], revocations: [], adopted: [] });
});

it('sends no hint about a conversation without an address', () => {
  const effects: Effect[] = [
    { kind: 'conversation changed', clientId: 7, address: null, lastSeq: 5, what: ['state'], audience },
    { kind: 'visitor left', clientId: 7, address: null },
  ];
  expect(carriedOut(...effects).hints).toEqual([]);
});

it('has the relay told of a revocation, also of a person without an address', () => {
  const effects: Effect[] = [
    { kind: 'access revoked', role: 'client', id: 7, address: 'a' },
    { kind: 'access revoked', role: 'operator', id: 8, address: null },
  ];
  expect(carriedOut(...effects).revocations).toEqual([
    { role: 'client', id: 7, address: 'a' },
    { role: 'operator', id: 8, address: null },
  ]);
});
