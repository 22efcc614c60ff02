import { messageId } from '../model/message-id.ts';
import { fileOf } from '../outbox/entry.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Effects } from '../platform/effects.ts';
import { contentOf } from '../timeline/state.ts';
import type { LocalMessage } from '../timeline/view.ts';

/** One conversation's outbox entries, as the timeline shows them; pictures that are not uploaded yet get a `blob:` URL of this page. */
export class LocalMessages {
  readonly #effects: Pick<Effects, 'objectUrl' | 'revokeObjectUrl'>;
  readonly #outbox: Outbox;
  readonly #clientId: number;
  readonly #operator: { id: number; name: string } | null;
  readonly #urls = new Map<string, string>();
  readonly #stop: () => void;
  #had = false;

  constructor(
    effects: Pick<Effects, 'objectUrl' | 'revokeObjectUrl'>,
    outbox: Outbox,
    clientId: number,
    operator: { id: number; name: string } | null,
    onChange: () => void,
  ) {
    this.#effects = effects;
    this.#outbox = outbox;
    this.#clientId = clientId;
    this.#operator = operator;
    // A console has one outbox for many conversations: only changes of this conversation are reported.
    this.#stop = outbox.onChange(() => {
      if (this.#had || this.#entries().length > 0) onChange();
    });
  }

  list(): LocalMessage[] {
    const entries = this.#entries();
    this.#had = entries.length > 0;
    const ids = new Set(entries.map(messageId));
    for (const [id, url] of this.#urls) {
      if (ids.has(id)) continue;
      this.#urls.delete(id);
      this.#effects.revokeObjectUrl(url);
    }
    return entries.map((entry) => this.#message(entry));
  }

  close(): void {
    this.#stop();
    for (const url of this.#urls.values()) this.#effects.revokeObjectUrl(url);
    this.#urls.clear();
  }

  #entries(): OutboxEntry[] {
    return this.#outbox.entries().filter((entry) => entry.clientId === this.#clientId);
  }

  #message(entry: OutboxEntry): LocalMessage {
    const blob = fileOf(entry)?.blob;
    const url = blob instanceof Blob ? this.#url(messageId(entry), blob) : null;
    return { ...contentOf(entry, this.#operator, url), failure: entry.failure, uploadProgress: this.#outbox.progress(entry) };
  }

  #url(id: string, blob: Blob): string {
    const url = this.#urls.get(id) ?? this.#effects.objectUrl(blob);
    this.#urls.set(id, url);
    return url;
  }
}
