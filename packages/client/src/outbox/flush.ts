import type { Effects } from '../platform/effects.ts';
import type { OutboxEntry } from './entry.ts';

/** The part of the outbox that `flush` uses. */
interface Flushable {
  entries(): readonly OutboxEntry[];
  kick(now: boolean): void;
  onChange(listener: () => void): () => void;
}

/** Sends waiting entries at once. Resolves to true as soon as none waits to be saved, to false after `ms` milliseconds. */
export async function flush(effects: Pick<Effects, 'after'>, outbox: Flushable, ms: number): Promise<boolean> {
  const idle = () => outbox.entries().every((entry) => entry.failure !== null);
  outbox.kick(true);
  if (idle()) return true;
  return new Promise((resolve) => {
    let stop = () => undefined as void;
    const finish = (done: boolean) => {
      cancel();
      stop();
      resolve(done);
    };
    const cancel = effects.after(ms, () => finish(false));
    stop = outbox.onChange(() => {
      if (idle()) finish(true);
    });
  });
}
