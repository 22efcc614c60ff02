import { randomUUID } from 'node:crypto';

import { createOperator, recordRevocation, removeOperator, SYSTEM, type Context } from '@switchboard/chat';
import { createTestDatabase } from '@switchboard/database/testing';
import type { HintRequest } from '@switchboard/protocol';
import { createMetrics, silentLogger } from '@switchboard/telemetry';
import { createTokens } from '@switchboard/tokens';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { startRelay } from '../../../../relay/src/testing/test-relay.ts';
import { createRelayRequests } from './relay-requests.ts';
import { createRevocationSender, type RevocationSender } from './revocation-sender.ts';
import { startTestRelay, type TestRelay } from '../../testing/test-relay.ts';

const tokens = createTokens(['a secret for tests that is long enough']);
let relay: TestRelay;
let chat: Context;
const cleanUps: (() => unknown)[] = [];
beforeEach(async () => {
  relay = await startTestRelay(tokens);
  const { database: db } = await createTestDatabase();
  chat = { db, clock: () => new Date(), ids: randomUUID, log: silentLogger, signUpload: (path) => path };
  cleanUps.push(
    async () => await db.close(),
    async () => await relay.close(),
  );
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** The sender of one web process. `hint` posts something else to the relay. */
function webProcess(): { sender: RevocationSender; hint: () => Promise<unknown>; pending: () => Promise<string | undefined> } {
  const requests = createRelayRequests({ relayUrl: relay.url, tokens });
  const metrics = createMetrics('web');
  const sender = createRevocationSender({ chat, relay: requests, log: silentLogger, metrics });
  cleanUps.push(async () => {
    sender.close();
    await sender.settled();
  });
  return {
    sender,
    hint: async () => await requests.post([{ event: 'conversationChanged', clientId: 'a', lastSeq: 1 }]),
    pending: async () => /^switchboard_web_revocations_pending\{.*\} (\d+)/m.exec(await metrics.render())?.[1],
  };
}

const isRevoked = (hint: HintRequest) => hint.event === 'revoked';
const heard = () => relay.batches.flat().filter(isRevoked);
const ids = () => new Set(heard().map(({ id }) => id));

it('a revocation is sent until the relay takes it, with the time when it happened', async () => {
  relay.status = 503;
  const { sender, pending } = webProcess();
  const before = Math.floor(Date.now() / 1_000);
  await sender.revoke({ role: 'operator', id: 7 });
  const after = Math.floor(Date.now() / 1_000);
  await expect.poll(() => heard().length).toBeGreaterThan(2);
  expect(await pending()).toBe('1');
  expect(sender.waiting()).toEqual({ count: 1, since: expect.any(Date) });
  relay.status = 202;
  await expect.poll(() => sender.waiting().count).toBe(0);
  expect(await pending()).toBe('0');
  expect(sender.waiting().since).toBeUndefined();
  const moments = new Set(heard().map(({ at }) => at));
  expect(moments.size).toBe(1);
  expect([...moments].every((at) => at >= before && at <= after)).toBe(true);
});

it('a revocation that one process could not send is sent by the next one', async () => {
  relay.status = 503;
  const first = webProcess();
  await first.sender.revoke({ role: 'operator', id: 7 });
  await expect.poll(() => heard().length).toBeGreaterThan(0);
  first.sender.close();
  await first.sender.settled();
  relay.status = 202;
  const told = heard().length;
  const { sender } = webProcess();
  sender.start();
  await expect.poll(() => heard().slice(told)).toMatchObject([{ role: 'operator', id: 7 }]);
});

it('a revocation that the command line stored is sent', async () => {
  const { sender } = webProcess();
  const email = 'gone@lamps.example';
  const { id } = await createOperator(chat, SYSTEM, { email, name: 'Gone', password: 'correct horse battery' });
  await removeOperator(chat, SYSTEM, { email });
  sender.start();
  await expect.poll(() => heard()).toMatchObject([{ role: 'operator', id }]);
});

it('a new relay process gets all revocations of the last 24 hours after its first answer', async () => {
  const { sender, hint } = webProcess();
  await recordRevocation(chat, SYSTEM, { role: 'client', id: 1, at: new Date(), address: 'socket' });
  await recordRevocation(chat, SYSTEM, { role: 'operator', id: 2, at: new Date(Date.now() - 25 * 60 * 60_000) });
  sender.start();
  await sender.revoke({ role: 'operator', id: 3 });
  await expect.poll(() => sender.waiting().count === 0 && ids().size).toBe(2);
  const known = heard().length;

  // The same process: no repetition.
  await hint();
  await sender.settled();
  expect(heard()).toHaveLength(known);

  relay.node = 'relay 2';
  await hint();
  await expect.poll(() => heard().length).toBe(known + 2);
  expect(heard().slice(known)).toMatchObject([
    { role: 'client', id: 1, address: 'socket' },
    { role: 'operator', id: 3 },
  ]);
});

it('a relay that was away and does not identify itself gets all revocations, too', async () => {
  relay.node = undefined;
  const { sender, hint } = webProcess();
  await sender.revoke({ role: 'operator', id: 7 });
  await expect.poll(() => sender.waiting().count).toBe(0);
  const known = heard().length;
  relay.status = 503;
  await hint();
  expect(sender.waiting().count).toBe(1);
  relay.status = 202;
  await expect.poll(() => sender.waiting().count).toBe(0);
  expect(heard().length).toBeGreaterThan(known);
});

it('many revocations are sent in several requests', async () => {
  const { sender } = webProcess();
  for (let id = 1; id <= 250; id += 1) sender.send({ role: 'client', id });
  await expect.poll(() => sender.waiting().count).toBe(0);
  expect(ids().size).toBe(250);
  expect(relay.batches.every((batch) => batch.length <= 100)).toBe(true);
});

it('a revocation that cannot be stored is sent all the same', async () => {
  const { sender } = webProcess();
  await chat.db.prisma.$executeRaw`ALTER TABLE "Revocation" RENAME TO "Elsewhere"`;
  await sender.revoke({ role: 'operator', id: 7 });
  await expect.poll(() => heard()).toMatchObject([{ id: 7 }]);
});

it('a restarted relay gets all revocations after the first hint, and refuses a token from before the removal', async () => {
  const first = await startRelay();
  const requests = createRelayRequests({ relayUrl: first.url, tokens: first.tokens });
  const sender = createRevocationSender({ chat, relay: requests, log: silentLogger, metrics: createMetrics('web') });
  cleanUps.push(() => sender.close());
  const token = await first.mint({ role: 'operator', id: 1, name: 'Maya' });
  const before = await first.connect(token);
  await sender.revoke({ role: 'operator', id: 1 });
  await expect.poll(() => before.socket.connected).toBe(false);
  await first.close();
  const second = await startRelay({ port: Number(new URL(first.url).port) });
  cleanUps.push(async () => await second.close());
  // This relay does not know the revocation yet.
  const after = await second.connect(token);
  await requests.post([{ event: 'conversationChanged', clientId: 'somebody', lastSeq: 1 }]);
  await expect.poll(() => after.socket.connected).toBe(false);
  await expect(second.connect(token)).rejects.toThrow('Invalid token');
});
