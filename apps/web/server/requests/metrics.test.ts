import { createMetrics } from '@switchboard/telemetry';
import { afterEach, describe, expect, it } from 'vitest';

import { POST as signIn } from '../../app/api/auth/[...all]/route.ts';
import { saveMessages as save } from './handlers/messages.ts';
import { noteTimings as report } from './handlers/timings.ts';
import { uploadImage as upload } from './handlers/uploads.ts';
import { GET as scrape } from '../../app/metrics/route.ts';
import { PEER_HEADER } from '../parts/connections/scrape.ts';
import { installServices } from '../services/services.ts';
import { ask, newOperator, newVisitor, ORIGIN, PASSWORD, text, useTestServer } from '../testing/test-server.ts';
import { measureWaiting } from '../parts/metrics/waiting-metrics.ts';

const server = useTestServer();
afterEach(() => installServices(server.services));

const figures = async () => await server.services.metrics.render();
/** The value of a metric, by its name and its label beside the service. */
function valueOf(rendered: string, name: string, labels = ''): number | undefined {
  const found = rendered.split('\n').find((line) => line.startsWith(`switchboard_${name}{`) && line.includes(labels));
  return found === undefined ? undefined : Number(found.split(' ').at(-1));
}
/** How much `work` increases each metric. */
async function growth(work: () => Promise<unknown>, ...wanted: readonly (readonly [string, string?])[]): Promise<number[]> {
  const before = await figures();
  await work();
  const after = await figures();
  return wanted.map(([name, labels]) => (valueOf(after, name, labels) ?? Number.NaN) - (valueOf(before, name, labels) ?? 0));
}
const saving = async (headers: Readonly<Record<string, string>>, ...messages: object[]) =>
  await save(ask('POST', '/api/chat/messages', { headers, body: { messages } }));

describe('saves', () => {
  it('are counted by kind of caller, with their groups, times and duplicates', async () => {
    const visitor = await newVisitor();
    const message = text('hi');
    const counted = await growth(
      async () => {
        await saving(visitor.headers, message, text('there'));
        await saving(visitor.headers, message);
      },
      ['save_requests_total', 'outcome="ok"'],
      ['messages_saved_total', 'by="visitor"'],
      ['messages_saved_total', 'by="operator"'],
      ['save_duplicates_total'],
      ['save_group_messages_sum'],
      ['save_seconds_count'],
    );
    expect(counted).toEqual([2, 2, 0, 1, 3, 2]);
  });

  it('that are refused are counted by code, also as errors', async () => {
    const visitor = await newVisitor();
    const [operator, other] = [await newOperator(server.services), await newOperator(server.services)];
    const message = text('hi', { clientId: visitor.id });
    await saving(operator.headers, message);
    const counted = await growth(
      async () => await saving(other.headers, message),
      ['save_requests_total', 'outcome="conflict"'],
      ['http_errors_total', 'code="conflict"'],
      ['messages_saved_total', 'by="operator"'],
    );
    expect(counted).toEqual([1, 1, 0]);
  });

  it('that are refused because the queue is full are counted', async () => {
    // Eleven visitors, because one alone may not fill the queue.
    const visitors = await Promise.all(Array.from({ length: 11 }, async () => await newVisitor()));
    const actors = visitors.map(({ id, sessionId }) => ({ kind: 'visitor', clientId: id, sessionId }) as const);
    const messages = Array.from({ length: 100 }, () => ({ messageKey: crypto.randomUUID(), messageType: 'TEXT', text: 'x' }) as const);
    const requests = Array.from({ length: 5 }, () => actors)
      .flat()
      .slice(0, 51);
    const many = async () => await Promise.allSettled(requests.map(async (actor) => await server.services.saver.save(actor, messages)));
    expect(await growth(many, ['save_refused_total'], ['save_requests_total', 'outcome="unavailable"'])).toEqual([1, 1]);
    expect(valueOf(await figures(), 'save_queue_messages')).toBe(0);
  });

  it('and queries appear in the times of the database and its connections', async () => {
    const visitor = await newVisitor();
    // The first one opens the chat, for which saving needs more than one transaction.
    await saving(visitor.headers, text('first'));
    const counted = await growth(async () => await saving(visitor.headers, text('hi')), ['database_seconds_count', 'what="transaction"']);
    expect(counted).toEqual([1]);
    const rendered = await figures();
    expect(valueOf(rendered, 'database_seconds_count', 'what="query"')).toBeGreaterThan(0);
    expect(valueOf(rendered, 'database_connections', 'state="idle"')).toBeGreaterThan(0);
    expect(valueOf(rendered, 'database_connections', 'state="in_use"')).toBeGreaterThanOrEqual(0);
    expect(valueOf(rendered, 'database_waiting_requests')).toBe(0);
  });
});

describe('people', () => {
  it('who try to sign in are counted by outcome', async () => {
    const { email } = await newOperator(server.services);
    const attempt = async (password: string) =>
      await signIn(ask('POST', '/api/auth/sign-in/email', { headers: { origin: ORIGIN }, body: { email, password } }));
    const counted = await growth(
      async () => [await attempt('wrong password'), await attempt(PASSWORD)],
      ['sign_ins_total', 'outcome="refused"'],
      ['sign_ins_total', 'outcome="ok"'],
    );
    expect(counted).toEqual([1, 1]);
  });

  it('who exceed a limit are counted by limit', async () => {
    const visitor = await newVisitor();
    const often = async () => {
      for (let turn = 0; turn < 21; turn += 1) await report(ask('POST', '/api/chat/timings', { headers: visitor.headers, body: {} }));
    };
    expect(await growth(often, ['http_rate_limited_total', 'limit="timings"'], ['http_errors_total', 'code="rate_limited"'])).toEqual([
      1, 1,
    ]);
  });

  it('who send pictures are counted, with bytes', async () => {
    const visitor = await newVisitor();
    const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    const body = new FormData();
    body.set('file', new File([pixel], 'a.png'));
    const [uploads, bytes] = await growth(
      async () => await upload(ask('POST', '/api/chat/uploads', { headers: visitor.headers, body })),
      ['uploads_total'],
      ['uploads_bytes_total'],
    );
    expect(uploads).toBe(1);
    expect(bytes).toBeGreaterThan(20);
  });
});

describe('timings that browsers report', () => {
  it('are histograms by the kind of client', async () => {
    const [visitor, operator] = [await newVisitor(), await newOperator(server.services)];
    const counted = await growth(
      async () => {
        const body = { relayed: [30, 40], saved: [1_500], outboxAge: 90_000 };
        await report(ask('POST', '/api/chat/timings', { headers: visitor.headers, body }));
        await report(ask('POST', '/api/chat/timings', { headers: operator.headers, body: { saved: [2_000_000_000, -1] } }));
      },
      ['client_relayed_seconds_count', 'by="visitor"'],
      ['client_saved_seconds_sum', 'by="visitor"'],
      ['client_outbox_age_seconds_sum', 'by="visitor"'],
      ['client_saved_seconds_sum', 'by="operator"'],
    );
    expect(counted).toEqual([2, 1.5, 90, 604_800]);
  });
});

describe('the number of waiting visitors', () => {
  it('is queried at intervals, however often metrics are scraped', async () => {
    const visitor = await newVisitor();
    const metrics = createMetrics('web');
    measureWaiting(metrics, server.services.chat, 60_000);
    const before = valueOf(await metrics.render(), 'unanswered_chats') ?? Number.NaN;
    await saving(visitor.headers, text('Hello?'));
    expect(valueOf(await metrics.render(), 'unanswered_chats')).toBe(before);
    const eager = createMetrics('web');
    measureWaiting(eager, server.services.chat, 0);
    const rendered = await eager.render();
    expect(valueOf(rendered, 'unanswered_chats')).toBe(before + 1);
    expect(valueOf(rendered, 'unanswered_oldest_seconds')).toBeGreaterThanOrEqual(0);
    expect(valueOf(rendered, 'database_up')).toBe(1);
  });

  it('is absent while the database is away, without delaying the scrape', async () => {
    const metrics = createMetrics('web');
    const never = { ...server.services.db.prisma, $queryRaw: async () => await new Promise(() => undefined) };
    measureWaiting(metrics, { ...server.services.chat, db: { ...server.services.db, prisma: never as never } });
    // The response arrives although the query is never answered.
    const rendered = await metrics.render();
    expect(valueOf(rendered, 'unanswered_chats')).toBeUndefined();
    expect(valueOf(rendered, 'database_up')).toBe(0);
  });
});

describe('GET /metrics', () => {
  const statusOf = async (headers: Readonly<Record<string, string>>) => (await scrape(ask('GET', '/metrics', { headers }))).status;

  it('answers nearby machines', async () => {
    expect(await statusOf({ [PEER_HEADER]: '127.0.0.1' })).toBe(200);
    expect(await statusOf({ [PEER_HEADER]: '203.0.113.5' })).toBe(403);
    expect(await statusOf({ [PEER_HEADER]: '' })).toBe(403);
    expect(await statusOf({})).toBe(403);
  });

  it('with a token set requires it', async () => {
    installServices({ ...server.services, config: { ...server.services.config, metricsToken: 'token-for-metrics' } });
    expect(await statusOf({ [PEER_HEADER]: '127.0.0.1' })).toBe(401);
    expect(await statusOf({ authorization: 'Bearer token-for-metrics' })).toBe(200);
  });

  it('has metrics of the disk', async () => {
    const rendered = await figures();
    expect(valueOf(rendered, 'data_disk_free_bytes')).toBeGreaterThan(0);
    expect(valueOf(rendered, 'data_disk_size_bytes')).toBeGreaterThan(valueOf(rendered, 'data_disk_free_bytes') ?? 0);
  });
});
