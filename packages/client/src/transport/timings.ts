import { carriesFile, type MessageBody } from '@switchboard/protocol/body';
import { MAX_TIMINGS, TIMINGS_EVERY_MS } from '@switchboard/protocol/limits';
import type { NewMessage, RequestOf } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';

/** What of a sent message is measured. */
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
 * Notes how long messages take, and reports it in a batch once a minute and when the page is left; nothing while nothing happens. What can't be reported is
 * forgotten. What carries a file is left out: it takes as long as the file is large.
 */
export interface Timings {
  /** The relay has acknowledged the message. */
  relayed(message: SentMessage): void;
  /** These are known to be committed. */
  saved(messages: readonly NewMessage[]): void;
  /** Reports the age of the oldest message that waits there, too. */
  watch(waiting: WaitingMessages): void;
  /** Reports what there is, and nothing after. */
  close(): void;
}

type TimingsReport = RequestOf<'POST /api/chat/timings'>['body'];

/** Times are told by `clock`, so that they are right on machines whose own is wrong, and across reloads. */
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
        // What a console saves for a visitor whose own browser failed was sent long before.
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
