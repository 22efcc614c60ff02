import type { Effects } from '../platform/effects.ts';
import type { OutboxEntry } from './entry.ts';

/** What of the outbox is needed here. */
interface Flushable {
  entries(): readonly OutboxEntry[];
  kick(now: boolean): void;
  onChange(listener: () => void): () => void;
}

/** Tries at once what waits. Resolves to true as soon as nothing waits to be saved, to false when that takes longer than `ms`. */
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
