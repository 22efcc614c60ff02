import { findFaketime } from '../stack/faketime.ts';
import type { Scenario } from './scenario.ts';
import type { World } from '../world.ts';

/** The backends of the web servers in `pg_stat_activity`. */
const BACKENDS = `FROM pg_stat_activity WHERE application_name = 'switchboard-web'`;
/** A request is answered within 5 s of a quiet machine whatever the database does, plus some time for the network. */
const ANSWER_WITHIN_MS = 5_500;

/** Records a violation if a server left a request unanswered for too long. */
function expectAnswersInTime(world: World): void {
  const { what, ms } = world.ledger.slowestAnswer;
  world.figures['slowestAnswerMs'] = ms;
  if (ms > ANSWER_WITHIN_MS) world.ledger.violation(`${what} was answered after ${ms} ms`);
}

export const databaseKilled: Scenario = {
  name: 'database-killed',
  title: 'the database is killed while it commits, and started again 2 s later, twice',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(60);
    for (let times = 0; times < 2; times += 1) {
      await world.pause(world.random.whole(1_000, 2_000));
      await world.killed('database', 2_000);
    }
    await quiet();
    expectAnswersInTime(world);
  },
};

export const databaseRestarted: Scenario = {
  name: 'database-restarted',
  title: 'the database is shut down in order and started again 3 s later',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(100);
    await world.pause(world.random.whole(500, 1_500));
    await world.broken(
      'database restarted',
      async () => await world.stack.signal('database', 'SIGINT'),
      async () => await world.pause(3_000),
      async () => await world.stack.start('database'),
    );
    await quiet();
    expectAnswersInTime(world);
  },
};

export const databaseFrozen: Scenario = {
  name: 'database-frozen',
  title: 'the database answers nothing for 20 s, and nobody hangs up',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(400);
    // A console reads the row of a visitor, and with it their address, from the database.
    await world.until('every console knows every visitor', () =>
      world.operators.every(({ chat }) =>
        [...world.ledger.clients.values()].every((clientId) => chat.summaryOf(clientId)?.address != null),
      ),
    );
    const frozenAt = Date.now();
    await world.frozen('database', 20_000);
    const thawedAt = Date.now();
    await quiet();
    expectAnswersInTime(world);
    // The relay continues to deliver meanwhile. Messages sent in the last seconds may still be on their way when the database answers again.
    const during = world.ledger.sends.filter((send) => send.at > frozenAt && send.at < thawedAt - 5_000);
    if (during.length === 0) world.ledger.violation('nobody sent a message while the database was frozen');
    const watchers = world.watchers();
    const early = during.filter((send) =>
      watchers.some(
        (watcher) =>
          watcher.conversation === send.conversation &&
          (watcher.side === 'client') !== (send.senderType === 'CLIENT') &&
          (watcher.firstSeen.get(send.text) ?? Infinity) <= thawedAt,
      ),
    );
    world.figures['deliveredMeanwhile'] = early.length;
    if (early.length < during.length * 0.8)
      world.ledger.violation(`only ${early.length} of ${during.length} messages reached the other side while the database was frozen`);
  },
};

export const backendsTerminated: Scenario = {
  name: 'backends-terminated',
  title: 'the connections of the web servers are terminated again and again',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(60);
    await world.trouble('backends terminated', async () => {
      for (let times = 0; times < 8; times += 1) {
        await world.stack.query(`SELECT pg_terminate_backend(pid) ${BACKENDS}`);
        await world.pause(world.random.whole(100, 700));
      }
    });
    await quiet();
    expectAnswersInTime(world);
  },
};

export const databaseClock: Scenario = {
  name: 'database-clock',
  title: "the database is restarted with a clock that is wrong by up to a day either way, then with the right one; the servers' are right",
  requirements: { hit: true, unknown: false },
  lacks: findFaketime() === undefined ? "Debian's package libfaketime" : undefined,
  async play(world) {
    await world.connectPeople(2, 2);
    const quiet = world.talk(150);
    for (const most of [60_000, 86_400_000, 0]) {
      const CLOCK_SKEW_MS = String(world.random.whole(-most, most));
      await world.broken(
        `the database's clock is off by ${CLOCK_SKEW_MS} ms`,
        async () => await world.stack.signal('database', 'SIGINT'),
        async () => await world.pause(500),
        async () => await world.stack.start('database', { CLOCK_SKEW_MS }),
      );
      await world.pause(2_500);
      const [row] = await world.stack.query('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now');
      const error = Number(row?.['now']) - Date.now();
      if (Math.abs(error - Number(CLOCK_SKEW_MS)) > 30_000) world.ledger.violation(`vacuous: the database's clock is off by ${error} ms`);
    }
    await quiet();
    // No view may show a time that no clock had.
    for (const { text, createdAt, savedAt } of await world.rows())
      if (Math.abs(savedAt.getTime() - createdAt.getTime()) > 120_000)
        world.ledger.violation(`"${text}" is said to be sent at ${createdAt.toISOString()} and saved at ${savedAt.toISOString()}`);
  },
};

export const poolExhausted: Scenario = {
  name: 'pool-exhausted',
  title: 'a foreign lock on the table holds up every query for 8 s, until no connection is left',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(150);
    await world.trouble(
      'table locked',
      async () => await world.stack.query('BEGIN; LOCK TABLE "ChatMessage" IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8); COMMIT'),
    );
    await quiet();
    expectAnswersInTime(world);
  },
};

export const rowLocked: Scenario = {
  name: 'row-locked',
  title: 'somebody holds the row of one client for 8 s',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(200);
    const locked = world.ledger.clients.get('visitor-1') ?? 0;
    await world.trouble(
      'row locked',
      async () => await world.stack.query(`BEGIN; SELECT 1 FROM "Client" WHERE id = ${locked} FOR UPDATE; SELECT pg_sleep(8); COMMIT`),
    );
    await quiet();
    expectAnswersInTime(world);
  },
};
