import { randomUUID } from 'node:crypto';

import { io, type Socket } from 'socket.io-client';

import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const WRITERS = 20;
const WRITES_EACH = 12;

/** Posts one message as an operator until it is answered, with the same key every time. */
async function postUntilSaved(world: World, cookie: string, clientId: number, text: string, device: string): Promise<void> {
  const messageKey = randomUUID();
  const { web } = world.addresses;
  for (;;) {
    const attempt = world.ledger.attempt(device, [{ messageKey, senderType: 'OPERATOR', text }]);
    try {
      const response = await fetch(`${web}/api/chat/messages`, {
        method: 'POST',
        headers: { cookie, origin: web, 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ messageKey, messageType: 'TEXT', text, clientId }] }),
        signal: AbortSignal.timeout(10_000),
      });
      const answer = (await response.json()) as { messages: { messageKey: string; id: number; seq: number }[] };
      Object.assign(attempt, { until: Date.now(), outcome: response.ok ? 'ok' : 'refused', answers: response.ok ? answer.messages : [] });
      if (response.ok) return;
    } catch {
      // The outcome is unknown. The key makes it safe to try again.
      Object.assign(attempt, { until: Date.now(), outcome: 'unknown' });
    }
    await world.pause(world.random.whole(0, 200));
  }
}

/** Reads page after page by number until it has the expected number of messages, or gets a message with another number than the next. */
async function readAll(world: World, cookie: string, clientId: number, expected: number): Promise<void> {
  let cursor = 0;
  while (cursor < expected) {
    try {
      const response = await fetch(`${world.addresses.web}/api/chat/messages?clientId=${clientId}&afterSeq=${cursor}&limit=7`, {
        headers: { cookie },
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) {
        const { messages } = (await response.json()) as { messages: { seq: number }[] };
        for (const { seq } of messages) {
          if (seq !== cursor + 1) return world.ledger.violation(`a reader that had ${cursor} was given ${seq} next`);
          cursor = seq;
        }
      }
    } catch {
      // The connection broke; the page is requested again below.
    }
    await world.pause(world.random.whole(0, 15));
  }
}

export const twentyWriters: Scenario = {
  name: 'twenty-writers',
  title: 'twenty write into one conversation at once through both web servers, with connections cut, while a reader pages by number',
  requirements: { hit: true, unknown: true },
  async play(world) {
    await world.connectPeople(1, 3);
    const [visitor] = world.visitors;
    const clientId = world.ledger.clients.get(visitor?.name ?? '') ?? 0;
    const accounts = await world.stack.operators();
    const write = async (writer: number): Promise<void> => {
      const account = accounts[writer % accounts.length];
      if (account === undefined || visitor === undefined) throw new Error('The scenario has too few people.');
      const device = `writer ${writer}`;
      for (let count = 0; count < WRITES_EACH; count += 1) {
        const send = world.ledger.send({ conversation: visitor.name, senderType: 'OPERATOR', operatorId: account.id, device });
        send.keptAt = Date.now();
        await postUntilSaved(world, account.cookie, clientId, send.text, device);
      }
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, async (_, writer) => await write(writer)));
    const reading = readAll(world, accounts[0]?.cookie ?? '', clientId, WRITERS * WRITES_EACH);
    const cutting = world.faulty(
      ['clients→web-0', 'clients→web-1'],
      { kind: 'drop-answer', share: 0.2, match: 'POST /api/chat/messages' },
      1_500,
    );
    await Promise.all([writing, reading, cutting]);
  },
};

/**
 * Old front-ends that send unreadable pictures, as large and as often as a relay allows. Consoles receive them and keep nothing, so a console that stops
 * reading has a long queue. Each has its own IP address (Linux has all of 127.0.0.0/8), because with the limit of one IP address it would take longer to fill
 * a reader's queue than the relay waits for a heartbeat.
 */
async function strangers(world: World, count: number): Promise<{ stop(): void }> {
  const image = `data:text/plain,${'x'.repeat(50_000)}`;
  const { nodes } = world.addresses;
  const sockets = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const node = nodes[index % 2 === 0 ? 'relay-0' : 'relay-1'];
      const own = { localAddress: `127.0.1.${index + 1}` };
      const socket: Socket = io(node, { path: '/chat', transports: ['websocket'], forceNew: true, ...own });
      // On a busy machine their messages come in bursts, and the relay ends connections that send too much at once: they reconnect.
      socket.on('connect', () => socket.emit('join', { role: 'client', name: 'stranger' }));
      socket.on('disconnect', (reason) => (reason === 'io server disconnect' ? socket.connect() : undefined));
      await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
      return socket;
    }),
  );
  const timer = setInterval(() => {
    for (const socket of sockets)
      if (socket.connected) socket.emit('clientMessage', { type: 'image', message: null, image, name: 'x', mimeType: 'text/plain' });
  }, 220);
  return {
    stop() {
      clearInterval(timer);
      for (const socket of sockets) socket.disconnect();
    },
  };
}

const RELAYS = ['relay-0', 'relay-1'] as const;

export const readerStops: Scenario = {
  name: 'reader-stops',
  title: 'a console stops reading from the relay under load; it is cut, nobody else notices, and it has everything when it reads again',
  requirements: { hit: true, unknown: false },
  async play(world) {
    // On a busy machine a queue takes longer to fill than the heartbeat takes to end the connection.
    await restartRelays(world, { SOCKET_PING_TIMEOUT_MS: '300000' });
    try {
      await stopReading(world);
    } finally {
      await restartRelays(world);
    }
  },
};

/** Kills both relays, one after the other, and starts them with these settings beside their own. */
async function restartRelays(world: World, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const relay of RELAYS) {
    await world.stack.signal(relay, 'SIGKILL');
    await world.stack.start(relay, environment);
  }
}

/** Lets one console stop reading until a relay cuts it. */
async function stopReading(world: World): Promise<void> {
  await world.connectPeople(3, 2);
  const [stopped] = world.operators;
  if (stopped === undefined) throw new Error('The scenario has too few people.');
  const memory = async () => (await world.stack.memory('relay-0')) + (await world.stack.memory('relay-1'));
  const before = await memory();
  const cutBefore = await slowReadersCut(world);
  const load = await strangers(world, 12);
  let cut = false;
  for (const socket of stopped.tab.sockets) socket.on('disconnect', () => (cut = true));
  const quiet = world.talk(250);
  await world.broken(
    'a console does not read',
    async () => await Promise.resolve(stopped.tab.setReading(false)),
    async () =>
      await world.until('the relay cuts a reader that does not read', async () => (await slowReadersCut(world)) > cutBefore, 30_000),
    async () => {
      world.figures['relayGrowthBytes'] = (await memory()) - before;
      stopped.tab.setReading(true);
    },
  );
  await world.until('the console hears that it was cut', () => cut);
  load.stop();
  await quiet();
  if ((world.figures['relayGrowthBytes'] ?? 0) > 150_000_000)
    world.ledger.violation('a reader that stopped made the relays grow without bounds');
}

/** How many connections of slow readers both relays have ended since their start. */
async function slowReadersCut(world: World): Promise<number> {
  let cut = 0;
  for (const node of RELAYS) {
    const text = await (await fetch(`${world.addresses.nodes[node]}/metrics`)).text();
    cut += Number(/relay_slow_readers_cut_total\{[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
  }
  return cut;
}

const SOCKETS = 1_000;
/** The largest share of the visitors of a stopping relay that may try to reconnect within any one second. */
const MOST_IN_A_SECOND = 0.4;

/** The largest number of moments within one second. Moments are milliseconds, in order. */
function mostInASecond(moments: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, moment] of moments.entries()) {
    while ((moments[first] ?? moment) <= moment - 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/**
 * Measures how much closer together than planned this process runs its timers: after a stall, timers of different times run at once, those of the clients
 * included. The returned function returns how many times too many there were in the busiest second, at least 1.
 */
function watchTimers(): () => number {
  const EVERY_MS = 10;
  const ran: number[] = [];
  const began = performance.now();
  let planned = 0;
  const plan = () => {
    // As many as should have run by now, like the timers of many clients.
    for (; began + planned * EVERY_MS <= performance.now(); planned += 1) ran.push(performance.now());
  };
  const timer = setInterval(plan, EVERY_MS);
  return () => {
    clearInterval(timer);
    return Math.max(1, mostInASecond(ran) / (1_000 / EVERY_MS));
  };
}

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  title: 'both relays are restarted one after the other under 1,000 visitors, who come back spread out',
  requirements: { hit: true, unknown: false },
  healsWithinMs: 20_000,
  alone: true,
  async play(world) {
    await world.connectPeople(SOCKETS, 0, 20);
    const some = world.visitors.slice(0, 10);
    await world.operator(
      {},
      some.map(({ name }) => name),
    );
    // Attempts are counted, not successes: a relay that is slow on a busy machine admits many at once.
    const tries: number[] = [];
    for (const visitor of world.visitors)
      for (const socket of visitor.tabs[0]?.tab.sockets ?? []) socket.io.on('reconnect_attempt', () => tries.push(performance.now()));
    const stop = new AbortController();
    const quiet = (async () => {
      while (!stop.signal.aborted) {
        await world.random.pick(some as [(typeof some)[number]]).send();
        await world.pause(100);
      }
    })();
    for (const node of ['relay-0', 'relay-1'] as const) {
      const there = world.visitors.length;
      const timersCloserBy = watchTimers();
      tries.length = 0;
      await world.broken(
        `${node} restarted`,
        async () => await world.stack.signal(node, 'SIGTERM'),
        async () => await world.pause(500),
        async () => await world.stack.start(node),
      );
      const isConnected = () => world.visitors.every(({ tabs }) => tabs[0]?.chat.getSnapshot().connection === 'connected');
      await world.until('everybody is back', isConnected, 30_000);
      const closerBy = timersCloserBy();
      const busiest = mostInASecond(tries);
      world.figures[`${node} tries`] = tries.length;
      world.figures[`${node} most tries in a second`] = busiest;
      if (tries.length > there / 4 && busiest > tries.length * MOST_IN_A_SECOND * closerBy)
        world.ledger.violation(
          `${busiest} of ${tries.length} tries to come back to the relays were within one second (timers of this process: ${closerBy.toFixed(2)} times too close)`,
        );
    }
    stop.abort();
    await quiet;
  },
};
