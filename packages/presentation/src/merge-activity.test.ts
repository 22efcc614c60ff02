import type { TimelineMessage } from '@switchboard/client';
import type { ActivityItem } from '@switchboard/protocol/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mergeActivity, type TimelineEntry } from './merge-activity.ts';

const iso = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();

function message(name: string, second: number): TimelineMessage {
  return {
    key: name,
    senderType: 'CLIENT',
    own: false,
    operatorId: null,
    operatorName: null,
    body: { type: 'text', text: name },
    createdAt: iso(second),
    seq: null,
    status: null,
    failure: null,
    uploadProgress: null,
  };
}
function event(activitySeq: number, second: number): ActivityItem {
  const actor = { kind: 'operator', id: 1, name: 'Maya' };
  return { type: 'event', activitySeq, at: iso(second), kind: 'done', actor, from: null, to: null, reason: null };
}
const nameOf = (entry: TimelineEntry) => (entry.kind === 'message' ? entry.message.key : entry.item.activitySeq);
const merged = (messages: readonly TimelineMessage[], activity: readonly ActivityItem[]) => mergeActivity(messages, activity).map(nameOf);

/** Messages and events at these seconds. */
const lists = (seconds: readonly (readonly [number, number])[]) => ({
  messages: seconds.map(([second], index) => message(`m${index}`, second)),
  activity: seconds.map(([, second], index) => event(index + 1, second)),
});
const times = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 12 });

describe('messages and activity in one timeline', () => {
  it('are in the order of their times, at equal times the message first', () => {
    expect(merged([message('a', 1), message('b', 5)], [event(1, 0), event(2, 1), event(3, 5), event(4, 9)])).toEqual([
      1,
      'a',
      2,
      'b',
      3,
      4,
    ]);
  });

  it('a message from an earlier time that arrived later does not overtake what stands before it', () => {
    expect(merged([message('a', 8), message('late', 2), message('c', 9)], [event(1, 5), event(2, 8)])).toEqual([1, 'a', 'late', 2, 'c']);
  });

  it('are complete, and each keeps its order', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        const [{ messages }, { activity }] = [lists(one), lists(other)];
        const names = merged(messages, activity);
        expect(names.filter((name) => typeof name === 'string')).toEqual(messages.map(({ key }) => key));
        expect(names.filter((name) => typeof name === 'number')).toEqual(activity.map(({ activitySeq }) => activitySeq));
      }),
    );
  });

  it('are sorted by time where both lists are', () => {
    const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
    const both = fc.tuple(fc.array(fc.nat(20)).map(sorted), fc.array(fc.nat(20)).map(sorted));
    fc.assert(
      fc.property(both, ([one, other]) => {
        const entries = mergeActivity(
          one.map((second, index) => message(`m${index}`, second)),
          other.map((second, index) => event(index + 1, second)),
        );
        const at = entries.map((entry) => (entry.kind === 'message' ? entry.message.createdAt : entry.item.at));
        expect(at).toEqual(at.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });

  it('that are added at the end leave the order of the others as it is', () => {
    fc.assert(
      fc.property(times, times, fc.nat(12), fc.nat(12), (one, other, someMessages, someActivity) => {
        const [{ messages }, { activity }] = [lists(one), lists(other)];
        const [early, earlyActivity] = [messages.slice(0, someMessages), activity.slice(0, someActivity)];
        const before = merged(early, earlyActivity);
        const after = merged(messages, activity).filter((name) => before.includes(name));
        expect(after).toEqual(before);
      }),
    );
  });
});
