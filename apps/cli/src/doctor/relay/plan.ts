import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { once } from '../once.ts';
import { type Outcome, skip } from '../outcome.ts';
import type { World } from '../world.ts';
import { checkAlive, checkReady, checkServerClock } from '../ready.ts';
import { visitorToken } from '../token.ts';
import { tryToConnect } from './connect.ts';
import { checkHandshake } from './handshake.ts';
import { checkHints } from './hints.ts';
import { judgePolling, judgeToken, judgeWebSocket } from './transports.ts';

const group = 'Relay';
const ADVICE_WHEN_DOWN = 'Start it (npm start, or its service). If it is running, it has another SOCKET_PORT than this command.';
/** Shorter than the timeout of a check. */
const CONNECT_MS = 4_000;
const POLLING_TRIES = 3;

export function planRelay(facts: Facts, { fetch, busy }: Pick<World, 'fetch' | 'busy'>): Check[] {
  const { config, origin, relayUrl, hintsUrl, jwtSecret } = facts;
  const server = (signal: AbortSignal) => ({ url: relayUrl, adviceWhenDown: ADVICE_WHEN_DOWN, fetch, signal });
  const relay = { url: config.socketUrl, path: config.socketPath, origin };
  const connect = async (transport: 'websocket' | 'polling', secret: string) =>
    await tryToConnect(relay, { transport, token: await visitorToken(secret), timeoutMs: Math.round(CONNECT_MS * busy) });
  const webSocket = once(async () => await connect('websocket', jwtSecret ?? ''));
  const polling = once(
    async () => await Promise.all(Array.from({ length: POLLING_TRIES }, async () => await connect('polling', jwtSecret ?? ''))),
  );
  const served = facts.settings.SOCKET_TRANSPORTS;
  const attempts = async () => [
    ...(served.includes('websocket') ? [await webSocket()] : []),
    ...(served.includes('polling') ? await polling() : []),
  ];
  const NOT_SERVED = 'SOCKET_TRANSPORTS does not include it';
  const withSecret = async (check: (secret: string) => Promise<Outcome>) =>
    jwtSecret === undefined ? skip('there is no JWT_SECRET yet; the first start generates one') : await check(jwtSecret);

  const checkListens = async (signal: AbortSignal): Promise<Outcome> => {
    const outcome = await checkAlive(server(signal));
    // A machine that runs only web nodes.
    return outcome.status === 'fail' && hintsUrl !== relayUrl
      ? skip(`no relay runs at ${relayUrl}, and RELAY_INTERNAL_URL points to another one`)
      : outcome;
  };
  const alive: Check = { group, what: 'it listens on its port', run: async (signal) => await checkListens(signal) };
  const handshake: Check = {
    group,
    what: 'it answers at NEXT_PUBLIC_SOCKET_URL and accepts the origin',
    run: async (signal) => await checkHandshake(relay, { fetch, signal, polls: served.includes('polling') }),
  };
  return [
    alive,
    { group, what: 'it is ready', after: [alive], run: async (signal) => await checkReady(server(signal)) },
    { group, what: "its clock agrees with this machine's", after: [alive], run: async (signal) => await checkServerClock(server(signal)) },
    {
      group,
      what: 'it accepts hints from the web app',
      run: async (signal) => await withSecret(async (secret) => await checkHints({ url: hintsUrl, secret, fetch, signal })),
    },
    handshake,
    {
      group,
      what: 'WebSockets reach it',
      after: [handshake],
      run: async () => (served.includes('websocket') ? await withSecret(async () => judgeWebSocket(await webSocket())) : skip(NOT_SERVED)),
    },
    {
      group,
      what: 'polling reaches it',
      after: [handshake],
      run: async () => (served.includes('polling') ? await withSecret(async () => judgePolling(await polling())) : skip(NOT_SERVED)),
    },
    {
      group,
      what: 'it has the JWT_SECRET of these settings',
      after: [handshake],
      run: async () => await withSecret(async () => judgeToken(await attempts()) ?? skip('no connection could be opened')),
    },
  ];
}
