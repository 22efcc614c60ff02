import { setTimeout as delay } from 'node:timers/promises';

import type { Crowd } from './crowd.ts';
import { Pace } from './pace.ts';
import { stamped } from './stopwatch.ts';
import { TEXT } from '../stage/text.ts';

/** Every so many messages tell when they were sent. A prime, so that it is not always the same visitors'. */
const SAMPLED = 47;
/** How long nothing has to arrive until what is missing counts as lost. */
const SILENCE_MS = 3_000;
const MICROSECONDS = 1e6;

/** What is sent how fast. */
export interface Load {
  readonly perSecond: number;
  /** What is sent before does not count: it only gets everything going. */
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Sockets that each message goes to. */
  readonly receivers: number;
  /** Sends message number `index`. */
  say(crowd: Crowd, index: number, text: string): void;
}

/** What one run gave. Rates are per second; CPU is the server's, in microseconds. */
export interface Played {
  readonly sent: number;
  readonly delivered: number;
  readonly cpuPerMessage: number;
  readonly cpuPerDelivery: number;
  /** Milliseconds, of a sample of the deliveries. */
  readonly latencies: readonly number[];
  /** Shares of a processor that server and generator took. */
  readonly serverShare: number;
  readonly generatorShare: number;
  /** Messages that the server would not take. */
  readonly refused: number;
}

/** Everything that is counted, at one moment. */
function readings({ server, heard }: Crowd, sent: number) {
  const { user, system } = process.cpuUsage();
  return { now: performance.now(), sent, delivered: heard.delivery, cpu: server.cpuSeconds(), ownCpu: (user + system) / MICROSECONDS };
}

/** The message of a visitor, each in its turn. */
export function visitorsInTurn({ visitors, server }: Crowd, index: number, text: string): void {
  visitors[index % visitors.length]?.line.send(server.contestant.dialect.message(text));
}

/**
 * Sends, evenly, and waits until everything has arrived.
 *
 * @throws Error when a message was lost or a line ended
 */
export async function play(crowd: Crowd, load: Load): Promise<Played> {
  const { heard, latencies, failures, server } = crowd;
  const pace = new Pace(load.perSecond, performance.now());
  const before = { ...heard };
  let index = 0;

  async function sendFor(milliseconds: number): Promise<void> {
    for (const end = performance.now() + milliseconds; performance.now() < end; await delay(1)) {
      for (let due = pace.take(performance.now()); due > 0; due -= 1) {
        load.say(crowd, index, index % SAMPLED === 0 ? stamped(performance.now()) : TEXT);
        index += 1;
      }
    }
  }

  await sendFor(load.warmUpMs);
  latencies.length = 0;
  const [first, refusedBefore] = [readings(crowd, index), heard.refusal];
  await sendFor(load.durationMs);
  const last = readings(crowd, index);
  const missing = () => (index - (heard.refusal - before.refusal)) * load.receivers - (heard.delivery - before.delivery);
  await arrival(crowd, missing);
  if (missing() !== 0 || failures.length > 0)
    throw new Error(
      `${server.contestant.name}: ${missing()} deliveries are missing; ${failures.length} lines failed. ${failures[0] ?? ''}`,
    );

  const seconds = (last.now - first.now) / 1_000;
  const [sent, delivered, cpu] = [last.sent - first.sent, last.delivered - first.delivered, last.cpu - first.cpu];
  return {
    sent: sent / seconds,
    delivered: delivered / seconds,
    cpuPerMessage: (cpu * MICROSECONDS * load.receivers) / delivered,
    cpuPerDelivery: (cpu * MICROSECONDS) / delivered,
    latencies: [...latencies],
    serverShare: cpu / seconds,
    generatorShare: (last.ownCpu - first.ownCpu) / seconds,
    refused: heard.refusal - refusedBefore,
  };
}

/** Resolves when nothing is missing, or when nothing has come for some seconds. */
async function arrival({ heard }: Crowd, missing: () => number): Promise<void> {
  let [last, since] = [heard.delivery, performance.now()];
  while (missing() > 0 && performance.now() - since < SILENCE_MS) {
    await delay(5);
    if (heard.delivery === last) continue;
    [last, since] = [heard.delivery, performance.now()];
  }
}
