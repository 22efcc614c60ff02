import { describe, expect, it } from 'vitest';

import { Reading } from './reading.ts';
import type { TimelineMessage } from './types.ts';

const NOTHING = { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 };

function visitors(key: string, seq: number | null): TimelineMessage {
  return { key, seq, own: false, senderType: 'CLIENT', text: key } as TimelineMessage;
}

function operatorLooking(): Reading {
  const reading = new Reading({ kind: 'operator', operatorId: 1 });
  reading.setVisible(true);
  return reading;
}

describe('the mark of what was read', () => {
  it('does not pass a gap: what is missing there was seen by nobody', () => {
    const reading = operatorLooking();
    const beyond = [visitors('a', 1), visitors('c', 3)];
    expect(reading.update(beyond, NOTHING, 1)).toEqual({ deliveredSeq: 1, readSeq: 1 });
    expect(reading.unread(beyond)).toBe(0);
    // The gap is filled while nobody looks …
    const filled = [visitors('a', 1), visitors('b', 2), visitors('c', 3)];
    reading.setVisible(false);
    expect(reading.update(filled, NOTHING, 3)).toEqual({ deliveredSeq: 3, readSeq: 1 });
    expect(reading.unread(filled)).toBe(1);
    // … and somebody looks again.
    reading.setVisible(true);
    expect(reading.update(filled, NOTHING, 3)).toEqual({ deliveredSeq: 3, readSeq: 3 });
  });

  it('takes what was seen before it had a number', () => {
    const reading = operatorLooking();
    expect(reading.update([visitors('a', 1), visitors('b', null)], NOTHING, 1)).toEqual({ deliveredSeq: 1, readSeq: 1 });
    reading.setVisible(false);
    expect(reading.update([visitors('a', 1), visitors('b', 2)], NOTHING, 2)).toEqual({ deliveredSeq: 2, readSeq: 2 });
  });
});
