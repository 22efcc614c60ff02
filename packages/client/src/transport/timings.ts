import { carriesFile, type MessageBody } from '@switchboard/protocol/body';
import { MAX_TIMINGS, TIMINGS_EVERY_MS } from '@switchboard/protocol/limits';
import type { NewMessage, RequestOf } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';

/** The fields of a sent message that are needed to measure it. */
interface SentMessage {
  /** ISO-8601. */
  readonly createdAt: string;
  readonly body: MessageBody<unknown>;
}

/** Messages that wait to be saved, oldest first: the outbox. */
interface WaitingMessages {
  entries(): readonly { readonly createdAt: string; readonly failure: string | null }[];
  onChange(listener: () => void): () => void;
}

/**
 * Measures how long messages take, and reports it in a batch once a minute and when the page is left, but only if there is something to report. A failed
 * report is not repeated. Messages with a file are left out: their time depends on the size of the file.
 */
export interface Timings {
  /** The relay has acknowledged the message. */
  relayed(message: SentMessage): void;
  /** These messages have been committed. */
  saved(messages: readonly NewMessage[]): void;
  /** Also reports the age of the oldest waiting message. */
  watch(waiting: WaitingMessages): void;
  /** Reports the collected times, and nothing afterward. */
  close(): void;
}

type TimingsReport = RequestOf<'POST /api/chat/timings'>['body'];

/** Measures by `clock`, so that times are right on machines with a wrong clock, and across reloads. */
export function createTimings(effects: Effects, clock: ServerClock, send: (report: TimingsReport) => Promise<unknown>): Timings {
  let relayed: number[] = [];
  let saved: number[] = [];
  let oldest = (): string | undefined => undefined;
  let stop: (() => void) | undefined;
  let closed = false;

  const since = (time: string) => Math.round(clock.now() - Date.parse(time));

  function note(times: number[], sentAt: string): void {
    if (times.length < MAX_TIMINGS) times.push(since(sentAt));
    schedule();
  }

  function schedule(): void {
    if (closed || stop !== undefined) return;
    const cancel = effects.after(TIMINGS_EVERY_MS, report);
    const stopPage = effects.page.onLeave(report);
    stop = () => {
      cancel();
      stopPage();
    };
  }

  function report(): void {
    stop?.();
    stop = undefined;
    const waits = oldest();
    if (relayed.length + saved.length === 0 && waits === undefined) return;
    const body = { relayed, saved, ...(waits === undefined ? {} : { outboxAge: since(waits) }) };
    relayed = [];
    saved = [];
    send(body).catch((error: unknown) => effects.note('timings: not reported', error));
    if (waits !== undefined) schedule();
  }

  return {
    relayed({ body, createdAt }) {
      if (!carriesFile(body.type)) note(relayed, createdAt);
    },
    saved(messages) {
      for (const { messageType, senderType, sentAt } of messages) {
        // A message that a console saves on a visitor's behalf was sent long before.
        if (messageType === 'TEXT' && senderType !== 'CLIENT' && sentAt != null) note(saved, sentAt);
      }
    },
    watch(waiting) {
      oldest = () => waiting.entries().find(({ failure }) => failure === null)?.createdAt;
      waiting.onChange(() => {
        if (oldest() !== undefined) schedule();
      });
    },
    close() {
      report();
      closed = true;
      stop?.();
    },
  };
}
