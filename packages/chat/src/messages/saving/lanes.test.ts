import { describe, expect, it } from 'vitest';

import { draftMessages } from './draft.ts';
import { LANES, laneOf, WaitingLine, type Lane, type Waiting } from './lanes.ts';
import { text } from '../../testing/chat-fixture.ts';

const operator = { kind: 'operator', userId: 1, name: 'Olga', role: 'OPERATOR' } as const;

/** A request of an operator with a message to each of the clients; for a text, to whoever is at that address. */
function request(...clients: (number | string)[]): Waiting {
  const messages = clients.map((client) => text('x', typeof client === 'number' ? { clientId: client } : { clientSocketId: client }));
  return { drafts: draftMessages(operator, messages, new Date()), resolve: () => undefined, reject: () => undefined };
}

function lineOf(...requests: Waiting[]): WaitingLine {
  const line = new WaitingLine();
  for (const waiting of requests) line.push(waiting);
  return line;
}

const [even, odd] = [LANES, LANES + 1];

describe('the lane of a request', () => {
  it.each<[string, Waiting, Lane]>([
    ['for one client', request(even), 0],
    ['for another one', request(odd), 1],
    ['for two clients of one lane', request(even, even + LANES), 0],
    ['for clients of two lanes', request(even, odd), 'all'],
    ['for an address, which only the database knows', request('socket'), 'all'],
    ['for a client and an address', request(even, 'socket'), 'all'],
  ])('%s', (_, waiting, lane) => {
    expect(laneOf(waiting)).toBe(lane);
  });
});

describe('the groups that are given out', () => {
  it('are of one lane, in the order the requests came', () => {
    const [a, b, c, d] = [request(even), request(odd), request(even), request(odd)];
    const line = lineOf(a, b, c, d);
    expect(line.take('all', 500)).toEqual([]);
    expect(line.take(0, 500)).toEqual([a, c]);
    expect(line.take(0, 500)).toEqual([]);
    expect(line.take(1, 500)).toEqual([b, d]);
    expect(line.take(1, 500)).toEqual([]);
  });

  it('end before a request that blocks every lane, which is next when nothing stands before it, with whatever comes behind', () => {
    const [a, b, wide, c, d] = [request(even), request(odd), request(even, odd), request(even), request(odd)];
    const line = lineOf(a, b, wide, c, d);
    expect(line.take(0, 500)).toEqual([a]);
    expect(line.take(0, 500)).toEqual([]);
    expect(line.take('all', 500)).toEqual([]);
    expect(line.take(1, 500)).toEqual([b]);
    expect(line.take(1, 500)).toEqual([]);
    expect(line.take('all', 500)).toEqual([wide, c, d]);
  });

  it('hold no more than was asked for, but at least one request, and leave out nothing in between', () => {
    const [a, b, c] = [request(even, even), request(even, even), request(even)];
    const line = lineOf(a, b, c);
    expect(line.take(0, 3)).toEqual([a]);
    expect(line.take(0, 1)).toEqual([b]);
    expect(line.take(0, 1)).toEqual([c]);
    const [wide, small] = [request(even, odd), request(even)];
    const blocked = lineOf(wide, small);
    expect(blocked.take('all', 2)).toEqual([wide]);
    expect(blocked.take('all', 2)).toEqual([]);
    expect(blocked.take(0, 2)).toEqual([small]);
  });

  it('never hold a request that was taken back', () => {
    const [a, b] = [request(even), request(even)];
    const line = lineOf(a, b);
    line.remove(a);
    expect(line.take(0, 500)).toEqual([b]);
  });
});
