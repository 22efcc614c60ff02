import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger } from '@switchboard/telemetry';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { saveMessages as save } from './handlers/messages.ts';
import { uploadImage as upload } from './handlers/uploads.ts';
import { createDiskFloor } from '../parts/storage/disk-floor.ts';
import { createLimits } from '../parts/limits/limits.ts';
import { ADDRESS_HEADER } from '../parts/connections/note-addresses.ts';
import { installServices, type Services } from '../services/services.ts';
import { ask, newOperator, newVisitor, text, useTestServer, type Person } from '../testing/test-server.ts';
import { storeWithinQuota } from './visitor-quota.ts';

const server = useTestServer();

const post = async (who: Person, messages: readonly object[], address = '192.0.2.1') =>
  await save(ask('POST', '/api/chat/messages', { headers: { ...who.headers, [ADDRESS_HEADER]: address }, body: { messages } }));
const batch = (count: number, words = 'hello') => Array.from({ length: count }, () => text(words));
const kept = async ({ id }: Person) => await server.services.db.prisma.chatMessage.count({ where: { clientId: id } });

/** Runs with a fresh quota. */
async function withQuota<T>(quota: Partial<Services['config']['quota']>, work: (services: Services) => Promise<T>): Promise<T> {
  const config = { ...server.services.config, quota: { ...server.services.config.quota, ...quota } };
  const services = { ...server.services, config, limits: createLimits(config, silentLogger) };
  installServices(services);
  try {
    return await work(services);
  } finally {
    installServices(server.services);
  }
}

describe('messages of one visitor', () => {
  it('are limited in number, in however few requests, and can be sent later', async () => {
    const ann = await newVisitor('Ann');
    await withQuota({ messagesPerMinute: 20 }, async () => {
      const waiting = batch(150);
      expect((await post(ann, waiting.slice(0, 90))).status).toBe(200);
      const refused = await post(ann, waiting.slice(90));
      expect(refused.status).toBe(429);
      expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited', retryable: true } });
      // At most five minutes: an outbox that waits as long as `Retry-After` says gets through.
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(300);
      // A refused request takes nothing from the quota: a smaller one is stored.
      expect((await post(ann, waiting.slice(90, 100))).status).toBe(200);
      expect((await post(ann, waiting.slice(100, 101))).status).toBe(429);
      expect(await kept(ann)).toBe(100);
      const bea = await newVisitor('Bea');
      expect((await post(bea, batch(5))).status).toBe(200);
    });
  });

  it('count once, however often they are repeated', async () => {
    const ann = await newVisitor('Ann');
    await withQuota({ messagesPerMinute: 20 }, async () => {
      const messages = batch(50);
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await post(ann, messages)).status).toBe(200);
      expect((await post(ann, batch(50))).status).toBe(200);
      expect((await post(ann, batch(1))).status).toBe(429);
    });
  });

  it('do not count while they cannot be stored', async () => {
    const ann = await newVisitor('Ann');
    await withQuota({ messagesPerMinute: 20 }, async (services) => {
      const failing = { ...services.saver, save: async () => await Promise.reject(new Error('no database')) };
      installServices({ ...services, saver: failing });
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await post(ann, batch(100))).status).toBe(500);
      installServices(services);
      expect((await post(ann, batch(100))).status).toBe(200);
    });
  });

  it('of the greatest length are accepted a hundred at a time, however JSON encodes them', async () => {
    const ann = await newVisitor('Ann');
    const response = await post(ann, batch(100, `x${'\u0001'.repeat(9_999)}`));
    expect(response.status).toBe(200);
    expect(await kept(ann)).toBe(100);
  });
});

describe('bytes', () => {
  const LONG = 'x'.repeat(9_488); // With the rest of a row: 10,000 bytes.

  it('of one visitor are limited per day', async () => {
    const ann = await newVisitor('Ann');
    await withQuota({ visitorBytesPerDay: 100_000 }, async () => {
      expect((await post(ann, batch(9, LONG))).status).toBe(200);
      expect((await post(ann, batch(2, LONG))).status).toBe(429);
      expect((await post(ann, batch(1, LONG))).status).toBe(200);
      expect((await post(ann, batch(1, 'x'))).status).toBe(429);
    });
  });

  it('of one address are limited, however many visitors it creates', async () => {
    await withQuota({ addressBytesPerDay: 100_000 }, async () => {
      const statuses: number[] = [];
      for (let visitor = 0; visitor < 11; visitor += 1) statuses.push((await post(await newVisitor(), batch(1, LONG), '192.0.2.2')).status);
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
      expect((await post(await newVisitor(), batch(1, LONG), '192.0.2.3')).status).toBe(200);
    });
  });

  it('of all visitors together are limited, and operators are unaffected', async () => {
    const maya = await newOperator(server.services);
    const ann = await newVisitor('Ann');
    await withQuota({ allBytesPerDay: 50_000 }, async () => {
      const statuses: number[] = [];
      for (let visitor = 0; visitor < 6; visitor += 1)
        statuses.push((await post(await newVisitor(), batch(1, LONG), `192.0.2.${visitor}`)).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
      expect((await post(maya, [text(LONG, { clientId: ann.id })])).status).toBe(200);
    });
  });

  it('that operators save on behalf of a visitor count for the visitor once, however many consoles save them', async () => {
    const [maya, grace] = [await newOperator(server.services), await newOperator(server.services)];
    const ann = await newVisitor('Ann');
    const heard = (count: number) =>
      batch(count, LONG).map((message) => Object.assign(message, { clientId: ann.id, senderType: 'CLIENT' }));
    await withQuota({ visitorBytesPerDay: 100_000 }, async () => {
      const first = heard(4);
      for (const who of [maya, grace, maya]) expect((await post(who, first)).status).toBe(200);
      expect((await post(ann, batch(4, LONG))).status).toBe(200);
      expect((await post(grace, heard(3))).status).toBe(429);
      expect((await post(grace, heard(2))).status).toBe(200);
      expect((await post(ann, batch(1, LONG))).status).toBe(429);
      // Operators' own messages do not count.
      expect((await post(grace, [text(LONG, { clientId: ann.id })])).status).toBe(200);
    });
  });

  it('of images and messages count together', async () => {
    const ann = await newVisitor('Ann');
    await withQuota({ visitorBytesPerDay: 100_000 }, async (services) => {
      const storing = {
        request: ask('POST', '/api/chat/uploads'),
        services,
        caller: { kind: 'visitor', claims: { role: 'client', id: ann.id, name: 'Ann', sessionId: ann.sessionId } } as const,
      };
      const stored: number[] = [];
      const store = async (bytes: number) => await storeWithinQuota(storing, bytes, async () => await Promise.resolve(stored.push(bytes)));
      await store(60_000);
      await expect(store(60_000)).rejects.toMatchObject({ code: 'rate_limited' });
      await expect(storeWithinQuota(storing, 30_000, async () => await Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
      await store(30_000);
      expect(stored).toEqual([60_000, 30_000]);
      expect((await post(ann, batch(1, LONG))).status).toBe(429);
    });
  });
});

it('uploads count toward the quota, and refused ones are not stored', async () => {
  const [ann, maya] = [await newVisitor('Ann'), await newOperator(server.services)];
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  const send = async (who: Person) => {
    const form = new FormData();
    form.set('clientId', String(ann.id));
    form.set('file', new File([new Uint8Array(png)], 'a.png'));
    return (await upload(ask('POST', '/api/chat/uploads', { headers: who.headers, body: form }))).status;
  };
  await withQuota({ visitorBytesPerDay: 1_500 }, async () => {
    expect([await send(ann), await send(ann), await send(ann), await send(maya)]).toEqual([201, 201, 429, 201]);
  });
  expect(await server.services.db.prisma.upload.count({ where: { clientId: ann.id } })).toBe(3);
});

describe('a disk that is nearly full', () => {
  it('accepts data from operators only: visitors’ outboxes keep theirs until there is room', async () => {
    const [ann, maya] = [await newVisitor('Ann'), await newOperator(server.services)];
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-floor-'));
    let free = 500;
    const errors: string[] = [];
    const floor = (databaseUrl: string) =>
      createDiskFloor({
        // A data folder with an embedded database.
        dataDir: folder,
        databaseUrl,
        minFreeBytes: 1_000,
        freeBytes: async () => await Promise.resolve(free),
        log: { info: () => undefined, error: (_fields, message) => void errors.push(message) },
      });
    await mkdir(join(folder, 'postgres'));
    installServices({ ...server.services, diskFloor: floor('postgresql://u:p@127.0.0.1:5432/db') });
    const message = { ...text('hello'), messageKey: randomUUID() };
    const refused = await post(ann, [message]);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    expect((await post(maya, [text('still here', { clientId: ann.id })])).status).toBe(200);
    expect(errors).toHaveLength(1);
    free = 2_000;
    await expect.poll(async () => (await post(ann, [message])).status).toBe(200);

    free = 500;
    const elsewhere = floor('postgresql://u:p@db.example:5432/db');
    await elsewhere.requireRoom('messages');
    await expect(elsewhere.requireRoom('images')).rejects.toMatchObject({ code: 'unavailable' });
    installServices(server.services);
    await rm(folder, { recursive: true });
  });

  it('is detected by the real free space', async () => {
    const floor = (minFreeBytes: number) =>
      createDiskFloor({
        dataDir: `${server.dataDir}/not/made/yet`,
        databaseUrl: server.services.config.databaseUrl,
        minFreeBytes,
        log: silentLogger,
      });
    await expect(floor(Number.MAX_SAFE_INTEGER).requireRoom('images')).rejects.toMatchObject({ code: 'unavailable' });
    await floor(1).requireRoom('images');
  });
});
