import { randomUUID } from 'node:crypto';

import type { SaveMessagesResponse, StartSessionResponse } from '@switchboard/protocol';

import type { Benchmark, Row } from '../benchmark.ts';
import { percentile, runAlternately, toRow } from '../figures.ts';
import { perSecond } from '../per-second.ts';
import { TEXT } from '../harness/text.ts';
import { withWebServers } from '../harness/web-servers.ts';
import { atRate } from './at-rate.ts';
import { openConnections, type Connections } from './connections.ts';

const CONCURRENCY = 64;
/** So many that no visitor comes near the limit of messages in a minute. */
const VISITORS = 512;
const ROUNDS = 5;
const ROUND_MS = 2_000;
/** All visitors have the same IP address and together store more than the default limits allow. */
const UNLIMITED = {
  SESSIONS_PER_MINUTE: '1000000',
  VISITOR_MESSAGES_PER_MINUTE: '1000000',
  VISITOR_BYTES_PER_DAY: '999999999999',
  ADDRESS_BYTES_PER_DAY: '999999999999',
  ALL_VISITORS_BYTES_PER_DAY: '999999999999',
};

/**
 * Messages saved through the web app's HTTP API as visitors' browsers save them: with tokens, validation, limits and a hint to the relay for each. The same
 * handlers are called directly and through Next.js.
 */
export const savesOverHttp: Benchmark = {
  name: 'saves-over-http',
  title: 'Durable saves over HTTP',
  async run() {
    const rows = await withWebServers(UNLIMITED, async ({ direct, throughNext }) => {
      const servers = [openConnections(throughNext, CONCURRENCY), openConnections(direct, CONCURRENCY)] as const;
      // A token is valid at both: they share their secret and their database.
      const tokens = await startConversations(servers[1]);
      const rows = [...(await compareRates(servers, tokens, 1)), ...(await compareRates(servers, tokens, 10))];
      const half = Math.round((rows[0]?.median ?? 0) / 2);
      rows.push(...(await compareLatencies(servers, tokens, half)));
      for (const server of servers) server.close();
      return rows;
    });
    return { conditions: { concurrency: CONCURRENCY, visitors: VISITORS, 'round ms': ROUND_MS }, rows };
  },
};

type Both = readonly [throughNext: Connections, direct: Connections];

async function startConversations(server: Connections): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < VISITORS) {
    const started = Array.from(
      { length: 16 },
      async () => await server.post<StartSessionResponse>('/api/chat/sessions', { username: 'Vera' }),
    );
    for (const { token } of await Promise.all(started)) if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

/** How many messages each server saves in a second, with `size` messages in a request. */
async function compareRates([throughNext, direct]: Both, tokens: readonly string[], size: number): Promise<Row[]> {
  const rate = async (server: Connections) => size * (await perSecond(CONCURRENCY, ROUND_MS, saving(server, tokens, size)));
  const { slow, fast } = await runAlternately(ROUNDS, {
    slow: async () => await rate(throughNext),
    fast: async () => await rate(direct),
  });
  const what = size === 1 ? 'one message a request' : `${size} messages a request`;
  const baseline = toRow(`${what}, through Next.js`, 'saves/s', slow);
  return [baseline, toRow(what, 'saves/s', fast, baseline)];
}

/** The 99th percentile of the time for a save, at `rate` messages a second, one in each request. */
async function compareLatencies([throughNext, direct]: Both, tokens: readonly string[], rate: number): Promise<Row[]> {
  const slowest = async (server: Connections) => percentile(await atRate(rate, ROUND_MS, saving(server, tokens, 1)), 0.99);
  const { slow, fast } = await runAlternately(ROUNDS, {
    slow: async () => await slowest(throughNext),
    fast: async () => await slowest(direct),
  });
  const what = `99th percentile at ${rate} saves/s`;
  const baseline = toRow(`${what}, through Next.js`, 'ms', slow);
  return [baseline, toRow(what, 'ms', fast, baseline)];
}

/** Saves messages, each time of the next visitor. */
function saving(server: Connections, tokens: readonly string[], size: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const token = tokens[(next += 1) % tokens.length];
    const messages = Array.from({ length: size }, () => ({ messageKey: randomUUID(), messageType: 'TEXT', text: TEXT }));
    const saved = await server.post<SaveMessagesResponse>('/api/chat/messages', { messages }, token);
    if (saved.messages.length !== size) throw new Error(`${saved.messages.length} of ${size} messages were saved.`);
  };
}
