import { describe, expect, it } from 'vitest';

import { draftMessages } from './draft.ts';
import { PARTITIONS, partitionOf, SaveQueue, type Partition, type QueuedRequest } from './save-queue.ts';
import { text } from '../../testing/chat-fixture.ts';

const operator = { kind: 'operator', userId: 1, name: 'Olga', role: 'OPERATOR' } as const;

/** An operator's request with one message for each client id or address. */
function request(...clients: (number | string)[]): QueuedRequest {
  const messages = clients.map((client) => text('x', typeof client === 'number' ? { clientId: client } : { clientSocketId: client }));
  return { drafts: draftMessages(operator, messages, new Date()), resolve: () => undefined, reject: () => undefined };
}

function queueOf(...requests: QueuedRequest[]): SaveQueue {
  const queue = new SaveQueue();
  for (const waiting of requests) queue.push(waiting);
  return queue;
}

const [even, odd] = [PARTITIONS, PARTITIONS + 1];

describe('partitionOf puts a request', () => {
  it.each<[string, QueuedRequest, Partition]>([
    ['for one client into the client’s partition', request(even), 0],
    ['for another client into the other partition', request(odd), 1],
    ['for two clients of one partition into that partition', request(even, even + PARTITIONS), 0],
    ['for clients of two partitions into all', request(even, odd), 'all'],
    ['for an address, which only the database knows, into all', request('socket'), 'all'],
    ['for a client and an address into all', request(even, 'socket'), 'all'],
  ])('%s', (_, waiting, partition) => {
    expect(partitionOf(waiting)).toBe(partition);
  });
});

describe('the save queue', () => {
  it('groups requests of one partition in the order they arrived', () => {
    const [a, b, c, d] = [request(even), request(odd), request(even), request(odd)];
    const queue = queueOf(a, b, c, d);
    expect(queue.take('all', 500)).toEqual([]);
    expect(queue.take(0, 500)).toEqual([a, c]);
    expect(queue.take(0, 500)).toEqual([]);
    expect(queue.take(1, 500)).toEqual([b, d]);
    expect(queue.take(1, 500)).toEqual([]);
  });

  it('ends a group before a request that blocks all partitions, and takes that request together with the later ones once it is first', () => {
    const [a, b, blocking, c, d] = [request(even), request(odd), request(even, odd), request(even), request(odd)];
    const queue = queueOf(a, b, blocking, c, d);
    expect(queue.take(0, 500)).toEqual([a]);
    expect(queue.take(0, 500)).toEqual([]);
    expect(queue.take('all', 500)).toEqual([]);
    expect(queue.take(1, 500)).toEqual([b]);
    expect(queue.take(1, 500)).toEqual([]);
    expect(queue.take('all', 500)).toEqual([blocking, c, d]);
  });

  it('limits the messages of a group, takes at least one request, and skips none', () => {
    const [a, b, c] = [request(even, even), request(even, even), request(even)];
    const queue = queueOf(a, b, c);
    expect(queue.take(0, 3)).toEqual([a]);
    expect(queue.take(0, 1)).toEqual([b]);
    expect(queue.take(0, 1)).toEqual([c]);
    const [blocking, small] = [request(even, odd), request(even)];
    const blocked = queueOf(blocking, small);
    expect(blocked.take('all', 2)).toEqual([blocking]);
    expect(blocked.take('all', 2)).toEqual([]);
    expect(blocked.take(0, 2)).toEqual([small]);
  });

  it('never returns a removed request', () => {
    const [a, b] = [request(even), request(even)];
    const queue = queueOf(a, b);
    queue.remove(a);
    expect(queue.take(0, 500)).toEqual([b]);
  });
});
