import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createTab } from '../testing/fake-effects.ts';
import { closeServers, eventually, openOperator, openServers, server } from '../testing/open-chats.ts';
import { PictureRenewal } from './picture-renewal.ts';

describe('pictures with expired URLs', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const renewal = (fetchAfter: (seq: number) => Promise<void>) => {
    const fetches = vi.fn(fetchAfter);
    return { fetches, pictures: new PictureRenewal(createTab(), fetches) };
  };
  const asked = (fetches: ReturnType<typeof renewal>['fetches']) => fetches.mock.calls.map(([seq]) => seq);

  it('are renewed together, a page at a time', async () => {
    const { fetches, pictures } = renewal(() => Promise.resolve());
    for (const seq of [250, 12, 13, 211, 212]) pictures.want(seq);
    await vi.advanceTimersByTimeAsync(1_000);
    // A page has 200 rows: 12 to 211, then 212 to 411.
    expect(asked(fetches)).toEqual([11, 211]);
    pictures.want(12);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked(fetches)).toEqual([11, 211, 11]);
  });

  it('are not fetched again after a failure, until somebody views them again', async () => {
    const { fetches, pictures } = renewal(() => Promise.reject(new Error('away')));
    pictures.want(1);
    pictures.want(300);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked(fetches)).toEqual([0]);
    pictures.want(300);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked(fetches)).toEqual([0, 299]);
  });
});

describe('a conversation', () => {
  beforeEach(openServers);
  afterEach(closeServers);

  it('shows the new URL of a picture, and everything else unchanged', async () => {
    server.addClient('Ada');
    server.commit(1, { text: 'look' });
    const row = server.commit(1, { messageType: 'IMAGE', imageUrl: '/api/chat/uploads/1?e=1&s=old' });
    server.commit(1, { text: 'nice?' });
    const { chat, arrivals } = openOperator();
    const conversation = chat.conversation(1);
    await eventually(() => expect(conversation.getSnapshot().messages).toHaveLength(3));
    const before = conversation.getSnapshot().messages;
    row.imageUrl = '/api/chat/uploads/1?e=2&s=new';
    conversation.renewPicture({ senderType: row.senderType, key: row.messageKey });
    await eventually(() =>
      expect(conversation.getSnapshot().messages[1]?.body).toMatchObject({ image: { url: '/api/chat/uploads/1?e=2&s=new' } }),
    );
    const after = conversation.getSnapshot().messages;
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(after[0]).toBe(before[0]);
    expect(arrivals).toEqual([]);
  });
});
