import { randomUUID } from 'node:crypto';

import type { SaveMessagesResponse, StartSessionResponse } from '@switchboard/protocol';

import type { Benchmark } from '../benchmark.ts';
import { takeTurns, toRow } from '../figures.ts';
import { perSecond } from '../per-second.ts';
import { withSystem } from '../stage/system.ts';
import { TEXT } from '../stage/text.ts';
import { openWire, type Wire } from './wire.ts';

const CONCURRENCY = 64;
/** So many that nobody comes near what one visitor may save in a minute. */
const VISITORS = 512;
const ROUNDS = 5;
const ROUND_MS = 2_000;
/** They all come from one address, and store more than any visitor may. */
const UNLIMITED = {
  SESSIONS_PER_MINUTE: '1000000',
  VISITOR_MESSAGES_PER_MINUTE: '1000000',
  VISITOR_BYTES_PER_DAY: '999999999999',
  ADDRESS_BYTES_PER_DAY: '999999999999',
  ALL_VISITORS_BYTES_PER_DAY: '999999999999',
};

/** Messages saved through the web app's HTTP API, with the relay told of each, as visitors' browsers save them: with tokens, validation and limits. */
export const savesOverHttp: Benchmark = {
  name: 'saves-over-http',
  title: 'Durable saves over HTTP',
  async run() {
    const rows = await withSystem(UNLIMITED, async (web) => {
      const wire = openWire(web, CONCURRENCY);
      const tokens = await startConversations(wire);
      const { one, ten } = await takeTurns(ROUNDS, {
        one: async () => await savedPerSecond(wire, tokens, 1),
        ten: async () => await savedPerSecond(wire, tokens, 10),
      });
      wire.close();
      return [toRow('one message a request', 'saves/s', one), toRow('ten messages a request', 'saves/s', ten)];
    });
    return { conditions: { concurrency: CONCURRENCY, visitors: VISITORS, 'round ms': ROUND_MS }, rows };
  },
};

async function startConversations(wire: Wire): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < VISITORS) {
    const started = Array.from(
      { length: 16 },
      async () => await wire.post<StartSessionResponse>('/api/chat/sessions', { username: 'Vera' }),
    );
    for (const { token } of await Promise.all(started)) if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

async function savedPerSecond(wire: Wire, tokens: readonly string[], size: number): Promise<number> {
  let turn = 0;
  const requests = await perSecond(CONCURRENCY, ROUND_MS, async () => {
    const token = tokens[(turn += 1) % tokens.length];
    const messages = Array.from({ length: size }, () => ({ messageKey: randomUUID(), messageType: 'TEXT', text: TEXT }));
    const saved = await wire.post<SaveMessagesResponse>('/api/chat/messages', { messages }, token);
    if (saved.messages.length !== size) throw new Error(`${saved.messages.length} of ${size} messages were saved.`);
  });
  return requests * size;
}
