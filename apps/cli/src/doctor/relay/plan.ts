import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { once } from '../once.ts';
import { type Outcome, skip } from '../outcome.ts';
import type { World } from '../plan.ts';
import { checkAlive, checkReady, checkServerClock } from '../ready.ts';
import { visitorToken } from '../token.ts';
import { tryToConnect } from './connect.ts';
import { checkHandshake } from './handshake.ts';
import { checkHints } from './hints.ts';
import { judgePolling, judgeToken, judgeWebSocket } from './transports.ts';

const group = 'Relay';
const AWAY = 'Start it (npm start, or its service). If it runs: with another SOCKET_PORT than this command was given.';
/** Within the time of a check. */
const CONNECT_MS = 4_000;
const POLLING_TRIES = 3;

export function planRelay(facts: Facts, { fetch, busy }: Pick<World, 'fetch' | 'busy'>): Check[] {
  const { config, origin, relayUrl, hintsUrl, jwtSecret } = facts;
  const server = (signal: AbortSignal) => ({ url: relayUrl, adviceWhenAway: AWAY, fetch, signal });
  const relay = { url: config.socketUrl, path: config.socketPath, origin };
  const connect = async (transport: 'websocket' | 'polling', secret: string) =>
    await tryToConnect(relay, { transport, token: await visitorToken(secret), patienceMs: Math.round(CONNECT_MS * busy) });
  const webSocket = once(async () => await connect('websocket', jwtSecret ?? ''));
  const polling = once(
    async () => await Promise.all(Array.from({ length: POLLING_TRIES }, async () => await connect('polling', jwtSecret ?? ''))),
  );
  const served = facts.settings.SOCKET_TRANSPORTS;
  const attempts = async () => [
    ...(served.includes('websocket') ? [await webSocket()] : []),
    ...(served.includes('polling') ? await polling() : []),
  ];
  const LEFT_OUT = 'SOCKET_TRANSPORTS leaves it out';
  const withSecret = async (look: (secret: string) => Promise<Outcome>) =>
    jwtSecret === undefined ? skip('there is no JWT_SECRET yet; the first start makes one') : await look(jwtSecret);

  const lookForRelay = async (signal: AbortSignal): Promise<Outcome> => {
    const outcome = await checkAlive(server(signal));
    // A machine with web nodes alone.
    return outcome.status === 'fail' && hintsUrl !== relayUrl
      ? skip(`none of Switchboard's listens at ${relayUrl}, and RELAY_INTERNAL_URL leads to another one`)
      : outcome;
  };
  const alive: Check = { group, what: 'it listens on its port', look: async (signal) => await lookForRelay(signal) };
  const handshake: Check = {
    group,
    what: 'it is found at NEXT_PUBLIC_SOCKET_URL and takes the origin',
    look: async (signal) => await checkHandshake(relay, { fetch, signal, polls: served.includes('polling') }),
  };
  return [
    alive,
    { group, what: 'it can do its work', after: [alive], look: async (signal) => await checkReady(server(signal)) },
    { group, what: "its clock is this machine's", after: [alive], look: async (signal) => await checkServerClock(server(signal)) },
    {
      group,
      what: 'it takes the hints of the web app',
      look: async (signal) => await withSecret(async (secret) => await checkHints({ url: hintsUrl, secret, fetch, signal })),
    },
    handshake,
    {
      group,
      what: 'WebSockets reach it there',
      after: [handshake],
      look: async () => (served.includes('websocket') ? await withSecret(async () => judgeWebSocket(await webSocket())) : skip(LEFT_OUT)),
    },
    {
      group,
      what: 'polling reaches it there',
      after: [handshake],
      look: async () => (served.includes('polling') ? await withSecret(async () => judgePolling(await polling())) : skip(LEFT_OUT)),
    },
    {
      group,
      what: 'it has the JWT_SECRET of these settings',
      after: [handshake],
      look: async () => await withSecret(async () => judgeToken(await attempts()) ?? skip('no connection came about to show it')),
    },
  ];
}
