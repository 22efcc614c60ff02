import { describe, expect, it, vi } from 'vitest';

import { countBytesUnderWay, type BytesUnderWay } from './bytes-under-way.ts';
import { readJson } from './request-body.ts';

/** A request whose body the test sends. */
function slow(): { readonly request: Request; readonly push: (text: string) => void; readonly end: () => void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  return {
    request: new Request('http://localhost/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit),
    push: (text) => controller?.enqueue(Buffer.from(text)),
    end: () => controller?.close(),
  };
}

function reading(under: BytesUnderWay, caller: string) {
  const sender = slow();
  const bytes = under.open(caller);
  const answer = readJson(sender.request, { maxBytes: 1_000, bytes }).finally(() => bytes.release());
  // Looked at later.
  answer.catch(() => undefined);
  return { ...sender, answer };
}

describe('bytes of bodies under way', () => {
  it('are limited for one caller over all requests, without affecting other callers', async () => {
    const under = countBytesUnderWay({ perCaller: 100, inAll: 1_000 });
    const held = Array.from({ length: 10 }, () => reading(under, 'a'));
    for (const { push } of held) push(`"${'x'.repeat(8)}"`);
    await expect.poll(() => under.total()).toBe(100);
    const [more, other] = [reading(under, 'a'), reading(under, 'b')];
    more.push('"');
    await expect(more.answer).rejects.toMatchObject({ code: 'rate_limited', retryable: true, detail: { retryAfterSeconds: 2 } });
    other.push('"here"');
    other.end();
    expect(await other.answer).toBe('here');
    for (const { end } of held) end();
    expect(await Promise.all(held.map(async ({ answer }) => await answer))).toEqual(held.map(() => 'x'.repeat(8)));
    expect(under.total()).toBe(0);
  });

  it('are refused with the same error by a counter of another bundle, which has its own classes', async () => {
    vi.resetModules();
    const other = await import('./bytes-under-way.ts');
    expect(other.countBytesUnderWay).not.toBe(countBytesUnderWay);
    const { push, answer } = reading(other.countBytesUnderWay({ perCaller: 10, inAll: 1_000 }), 'a');
    push(`"${'x'.repeat(18)}"`);
    await expect(answer).rejects.toMatchObject({ code: 'rate_limited', retryable: true });
  });

  it('are limited for all callers together', async () => {
    const under = countBytesUnderWay({ perCaller: 100, inAll: 250 });
    const held = Array.from({ length: 25 }, (_, index) => reading(under, `caller ${index}`));
    for (const { push } of held) push(`"${'x'.repeat(8)}"`);
    await expect.poll(() => under.total()).toBe(250);
    const more = reading(under, 'somebody else');
    more.push('"');
    await expect(more.answer).rejects.toMatchObject({ code: 'unavailable', retryable: true, detail: { retryAfterSeconds: 2 } });
    for (const { end } of held) end();
    await Promise.allSettled(held.map(async ({ answer }) => await answer));
    expect(under.total()).toBe(0);
  });
});

describe('a body that arrives too slowly', () => {
  it.each([
    ['nothing', 0],
    ['nearly all of a large one', 900_000],
  ])('after %s is refused as retryable, and no longer counts', async (_name, first) => {
    const under = countBytesUnderWay({ perCaller: 1_000_000, inAll: 1_000_000 });
    const sender = slow();
    const bytes = under.open('a');
    // At the minimum rate, this much would take a minute.
    sender.push(`"${'x'.repeat(first)}`);
    const answer = readJson(sender.request, { maxBytes: 1_000_000, bytes, withinMs: 200 });
    await expect(answer).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    bytes.release();
    expect(under.total()).toBe(0);
  });
});
