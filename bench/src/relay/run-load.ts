import { setTimeout as delay } from 'node:timers/promises';

import type { PeerGroup } from './connect-peers.ts';
import { SendSchedule } from './send-schedule.ts';
import { stamped } from './stopwatch.ts';
import { TEXT } from '../harness/text.ts';

/** One of so many messages has the time when it was sent. A prime, so that it is not always from the same visitors. */
const SAMPLED = 47;
/** After so long without an arrival, missing deliveries count as lost. */
const SILENCE_MS = 3_000;
const MICROSECONDS = 1e6;

/** What is sent, and at which rate. */
export interface Load {
  readonly perSecond: number;
  /** Messages of this time are sent first and not measured. */
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Sockets that each message goes to. */
  readonly receivers: number;
  /** Sends message number `index`. */
  send(group: PeerGroup, index: number, text: string): void;
}

/** The result of one run. Rates are per second; CPU is the server's, in microseconds. */
export interface LoadResult {
  readonly sent: number;
  readonly delivered: number;
  readonly cpuPerMessage: number;
  readonly cpuPerDelivery: number;
  /** Milliseconds, of a sample of the deliveries. */
  readonly latencies: readonly number[];
  /** Shares of one processor that the server and the generator used. */
  readonly serverShare: number;
  readonly generatorShare: number;
  /** Messages that the server refused. */
  readonly refused: number;
}

/** All counters at one moment. */
function readings({ server, received }: PeerGroup, sent: number) {
  const { user, system } = process.cpuUsage();
  return { now: performance.now(), sent, delivered: received.delivery, cpu: server.cpuSeconds(), ownCpu: (user + system) / MICROSECONDS };
}

/** Sends a message as the next visitor in order. */
export function sendAsNextVisitor({ visitors, server }: PeerGroup, index: number, text: string): void {
  visitors[index % visitors.length]?.socket.send(server.contestant.dialect.message(text));
}

/**
 * Sends at an even rate, and waits until everything has arrived.
 *
 * @throws Error when a message was lost or a peer was disconnected
 */
export async function runLoad(group: PeerGroup, load: Load): Promise<LoadResult> {
  const { received, latencies, failures, server } = group;
  const schedule = new SendSchedule(load.perSecond, performance.now());
  const before = { ...received };
  let index = 0;

  async function sendFor(milliseconds: number): Promise<void> {
    for (const end = performance.now() + milliseconds; performance.now() < end; await delay(1)) {
      for (let due = schedule.take(performance.now()); due > 0; due -= 1) {
        load.send(group, index, index % SAMPLED === 0 ? stamped(performance.now()) : TEXT);
        index += 1;
      }
    }
  }

  await sendFor(load.warmUpMs);
  latencies.length = 0;
  const [first, refusedBefore] = [readings(group, index), received.refusal];
  await sendFor(load.durationMs);
  const last = readings(group, index);
  const missing = () => (index - (received.refusal - before.refusal)) * load.receivers - (received.delivery - before.delivery);
  await arrival(group, missing);
  if (missing() !== 0 || failures.length > 0)
    throw new Error(
      `${server.contestant.name}: ${missing()} deliveries are missing; ${failures.length} connections failed. ${failures[0] ?? ''}`,
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
    refused: received.refusal - refusedBefore,
  };
}

/** Resolves when nothing is missing, or when nothing has arrived for some seconds. */
async function arrival({ received }: PeerGroup, missing: () => number): Promise<void> {
  let [last, since] = [received.delivery, performance.now()];
  while (missing() > 0 && performance.now() - since < SILENCE_MS) {
    await delay(5);
    if (received.delivery === last) continue;
    [last, since] = [received.delivery, performance.now()];
  }
}
