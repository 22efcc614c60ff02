import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createTestDatabase } from '@switchboard/database/testing';
import { describe, expect, it, vi } from 'vitest';

import { openSession as sessions } from './handlers/sessions.ts';

import { GET as readyz } from '../../app/readyz/route.ts';
import { closeServices, createServices } from '../services/create-services.ts';
import { createSaveState } from '../parts/saving/save-state.ts';
import { installServices } from '../services/services.ts';
import { startTestRelay } from '../testing/test-relay.ts';
import { ask, useTestServer } from '../testing/test-server.ts';

const server = useTestServer();

interface Ready {
  readonly ok: boolean;
  readonly degraded: boolean;
  readonly checks: Readonly<Record<string, string>>;
}
async function ready(): Promise<{ status: number } & Ready> {
  const response = await readyz();
  return { status: response.status, ...((await response.json()) as Ready) };
}

it('reports revocations that the relay has not taken, and since when, and stays in service', async () => {
  const relay = await startTestRelay(server.services.tokens);
  const services = createServices({ ...server.services.config, relayInternalUrl: relay.url });
  installServices(services);
  try {
    expect(await ready()).toMatchObject({ status: 200, ok: true, degraded: false, checks: { relay: 'ok' } });
    relay.status = 503;
    const before = new Date();
    await services.revocations.revoke({ role: 'operator', id: 7 });
    await expect.poll(async () => (await ready()).degraded).toBe(true);
    const { status, checks } = await ready();
    expect(status).toBe(200);
    const [, since = ''] =
      /^degraded: takes no hints since \S+Z \(status 503; tried last at \S+Z\); 1 revocation waits since (\S+Z): the connections of these people go on$/.exec(
        checks['relay'] ?? '',
      ) ?? [];
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before.getTime());
    relay.status = 202;
    await expect.poll(async () => (await ready()).checks['relay']).toBe('ok');
  } finally {
    installServices(server.services);
    await closeServices(services);
    await relay.close();
  }
});

it('reports a folder that cannot be written, and stays in service', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-ready-'));
  await writeFile(join(dataDir, 'uploads'), 'a file where the folder should be');
  const services = createServices({ ...server.services.config, dataDir });
  installServices(services);
  try {
    const { status, degraded, checks } = await ready();
    expect({ status, degraded }).toEqual({ status: 200, degraded: true });
    expect(checks['uploads']).toMatch(/^degraded: no image can be stored \(.*uploads/);
  } finally {
    installServices(server.services);
    await closeServices(services);
    await rm(dataDir, { recursive: true, force: true });
  }
});

describe('a database that answers but cannot save', () => {
  it.each([
    ['has a full disk', (name: string) => `ALTER DATABASE "${name}" SET temp_file_limit = '64kB'`, /^The disk of the database is full: /],
    [
      'takes no writes',
      (name: string) => `ALTER DATABASE "${name}" SET default_transaction_read_only = on`,
      /^The database takes no writes: /,
    ],
    ['has lost a unique key', () => 'DROP INDEX "chat_messages_client_seq_key"', /no unique key on "ChatMessage" \(clientId, seq\)/],
  ])('because it %s: not ready with a reason, and no conversation begins', async (_what, spoil, words) => {
    const { database, url } = await createTestDatabase();
    await database.prisma.$executeRawUnsafe(spoil(new URL(url).pathname.slice(1)));
    await database.close();
    const services = createServices({ ...server.services.config, databaseUrl: url });
    installServices(services);
    try {
      await services.db.ping();
      const { status, ok, checks } = await ready();
      expect({ status, ok }).toEqual({ status: 503, ok: false });
      expect(checks['database']).toMatch(words);
      const response = await sessions(ask('POST', '/api/chat/sessions', { body: { username: 'Ann' } }));
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
      expect(await services.db.prisma.client.count()).toBe(0);
    } finally {
      installServices(server.services);
      await closeServices(services);
    }
  });
});

it('many concurrent checks share one write', async () => {
  const { db } = server.services;
  const canSave = vi.fn<() => Promise<void>>(async () => await db.canSave());
  const state = createSaveState({ canSave }, 60_000);
  expect(await Promise.all(Array.from({ length: 20 }, async () => await state.trouble()))).toEqual(
    Array.from({ length: 20 }, () => undefined),
  );
  expect(canSave).toHaveBeenCalledTimes(1);
});

it('a failed check is repeated', async () => {
  const { db } = server.services;
  const outcomes = [async () => await Promise.reject(new Error('away')), async () => await db.canSave()];
  const state = createSaveState({ canSave: async () => await outcomes.shift()?.() }, 0);
  await expect(state.require()).rejects.toMatchObject({ code: 'unavailable' });
  await state.require();
});
