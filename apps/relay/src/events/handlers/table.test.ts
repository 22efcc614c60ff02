import { peerEvents } from '@switchboard/protocol';
import { expect, it } from 'vitest';

import { type HandlerTable, handlers } from './table.ts';

it('has a handler for every event of the protocol, and no other', () => {
  expect(Object.keys(handlers).toSorted()).toEqual(Object.keys(peerEvents).toSorted());
  for (const [event, handler] of Object.entries(handlers)) expect(handler.event).toBe(event);
});

it('does not compile with a missing handler, or with a handler of another event', () => {
  const { chatEnded: _missing, ...rest } = handlers;
  // @ts-expect-error -- chatEnded has no handler
  const hole: HandlerTable = rest;
  // @ts-expect-error -- operatorMessage's handler is not clientMessage's
  const swapped: HandlerTable = { ...handlers, clientMessage: handlers.operatorMessage };
  expect([hole, swapped]).toHaveLength(2);
});
