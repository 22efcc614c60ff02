import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';

import { asked, closeFakeTimeServer, open, openFakeTimeServer, server, visitors } from '../testing/fake-time-server.ts';
import { advanceTime } from '../testing/fake-time-console.ts';
import type { ChangeHandlers } from './operator-events.ts';

beforeEach(openFakeTimeServer);
afterEach(closeFakeTimeServer);

/** A hint about Ada's conversation, and what the console then asks for. */
async function askedAfter(hint: object): Promise<string[]> {
  const [ada] = visitors(3);
  const { socket } = await open();
  await advanceTime(1_000);
  const before = asked().length;
  socket.receive('conversationChanged', { clientId: ada!.address, lastSeq: ada!.rows.length, ...hint });
  await advanceTime(1_000);
  return asked().slice(before);
}

describe('a hint that says what has changed', () => {
  it.each([[['state']], [['activity']], [['state', 'activity']]])('has the row of the conversation fetched, once, for %j', async (what) => {
    expect(await askedAfter({ what })).toEqual(['ids=1']);
  });

  it.each([[['messages']], [['assigned', 'toString', '__proto__']], [[]]])(
    'has nothing fetched for %j: the messages are there, and kinds of a later version are not known',
    async (what) => {
      expect(await askedAfter({ visitorChanged: true, what })).toEqual([]);
    },
  );

  it.each([[['messages']], [['a kind of a later version']]])('has missed messages fetched, also with %j', async (what) => {
    expect(await askedAfter({ what, lastSeq: 2 })).toContain('ids=1');
  });
});

describe('a hint of an older server, which does not say what has changed,', () => {
  it('has the row fetched where it is not about messages alone', async () => {
    expect(await askedAfter({ visitorChanged: true })).toEqual(['ids=1']);
  });

  it('has nothing fetched where no message is missed', async () => {
    expect(await askedAfter({})).toEqual([]);
  });
});

it('many hints lead to one request for all their rows', async () => {
  const all = visitors(40);
  const { socket } = await open();
  await advanceTime(1_000);
  const before = server.requests.length;
  for (const { address } of all)
    for (let n = 0; n < 3; n += 1) socket.receive('conversationChanged', { clientId: address, lastSeq: 1, what: ['state'] });
  await advanceTime(1_000);
  expect(server.requests.slice(before).map(({ query }) => query.get('ids')?.split(',').length)).toEqual([40]);
});

it('every kind of change has a handler', () => {
  const handle = () => undefined;
  // @ts-expect-error: state has no handler.
  const incomplete: ChangeHandlers = { messages: handle, activity: handle };
  expect(incomplete).not.toHaveProperty('state');
  expectTypeOf<ChangeHandlers>().toHaveProperty('state');
});
