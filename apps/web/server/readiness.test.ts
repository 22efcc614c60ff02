import { expect, it } from 'vitest';

import { GET as readyz } from '../app/readyz/route.ts';
import { closeServices, createServices } from './create-services.ts';
import { installServices } from './services.ts';
import { startTestRelay } from './testing/test-relay.ts';
import { useTestServer } from './testing/test-server.ts';

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

it('names revocations that the relay has not taken, and since when, and stays in service', async () => {
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
      /^degraded: takes no hints since \S+Z \(status 503\); 1 revocation waits since (\S+Z): the connections of these people go on$/.exec(
        checks['relay'] ?? '',
      ) ?? [];
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before.getTime());
    relay.status = 202;
    await expect.poll(async () => (await ready()).checks['relay'], { timeout: 15_000 }).toBe('ok');
  } finally {
    installServices(server.services);
    await closeServices(services);
    await relay.close();
  }
});
