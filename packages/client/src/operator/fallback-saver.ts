import { unreachable } from '@switchboard/protocol/body';

import { withoutNul } from '../conversation/compose.ts';
import type { NewEntry, OutboxImage } from '../outbox/entry.ts';
import type { Effects } from '../platform/effects.ts';
import type { LiveMessage } from '../timeline/state.ts';

/** How long a sender may take to save their own message: a random time between these, in milliseconds. */
const WAIT_MIN_MS = 4_000;
const WAIT_MAX_MS = 8_000;

export interface FallbackSaverHooks {
  /** Keeps it and saves it on the visitor's behalf. */
  save(entry: NewEntry): Promise<void>;
  /** Resolves to whether the database has this message of the visitor. Never rejects: it asks until the server answers. */
  isSaved(clientId: number, key: string): Promise<boolean>;
  /** No message of this conversation is watched any more. */
  onDone?(clientId: number): void;
}

/** Saves messages that visitors' own clients fail to save: those of an old front-end at once, others when the database does not have them after a few seconds. */
export class FallbackSaver {
  readonly #effects: Effects;
  readonly #hooks: FallbackSaverHooks;
  readonly #cancels = new Set<() => void>();
  /** How many messages of a conversation are watched. */
  readonly #watched = new Map<number, number>();
  #closed = false;

  constructor(effects: Effects, hooks: FallbackSaverHooks) {
    this.#effects = effects;
    this.#hooks = hooks;
  }

  /** The relay has brought a visitor's message, from `address`. */
  watch(clientId: number, address: string, message: LiveMessage): void {
    const entry = entryOf(clientId, address, message);
    if (entry === null) {
      this.#effects.note('fallback: a message without content', message.key);
      return;
    }
    if (!message.keyed) {
      void this.#hooks.save(entry);
      return;
    }
    const cancel = this.#effects.after(WAIT_MIN_MS + this.#effects.random() * (WAIT_MAX_MS - WAIT_MIN_MS), () => {
      this.#cancels.delete(cancel);
      void this.#saveIfMissing(entry).finally(() => this.#release(clientId));
    });
    this.#cancels.add(cancel);
    this.#watched.set(clientId, (this.#watched.get(clientId) ?? 0) + 1);
  }

  /** Whether a message of this conversation is watched. */
  isWatching(clientId: number): boolean {
    return this.#watched.has(clientId);
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }

  #release(clientId: number): void {
    const left = (this.#watched.get(clientId) ?? 0) - 1;
    if (left > 0) this.#watched.set(clientId, left);
    else {
      this.#watched.delete(clientId);
      this.#hooks.onDone?.(clientId);
    }
  }

  async #saveIfMissing(entry: NewEntry): Promise<void> {
    const saved = await this.#hooks.isSaved(entry.clientId, entry.key);
    if (!saved && !this.#closed) await this.#hooks.save(entry);
  }
}

function entryOf(clientId: number, clientSocketId: string, message: LiveMessage): NewEntry | null {
  const body = bodyToSave(message.body);
  return body === null ? null : { key: message.key, clientId, senderType: 'CLIENT', clientSocketId, body, createdAt: message.createdAt };
}

/** Without NUL characters, which the server refuses and an old front-end does not remove. Null where nothing is left to save. */
function bodyToSave(body: LiveMessage['body']): NewEntry['body'] | null {
  switch (body.type) {
    case 'text': {
      const text = withoutNul(body.text);
      return text.trim() === '' ? null : { type: body.type, text };
    }
    case 'image': {
      const { url, name, mimeType } = body.image;
      const image = url === null ? null : imageOf(url, name ?? 'image', mimeType);
      return image === null ? null : { type: body.type, image, text: body.text === null ? null : withoutNul(body.text) };
    }
    default:
      return unreachable(body);
  }
}

/** Old front-ends put the whole picture into the message, as a data URL. It is uploaded, as our own front-ends do. */
function imageOf(url: string, name: string, mimeType: string | null): OutboxImage | null {
  const size = { width: null, height: null };
  if (!url.startsWith('data:')) return { blob: null, url, name, mimeType: mimeType ?? 'image/*', ...size };
  const blob = blobOf(url);
  return blob === null ? null : { blob, url: null, name, mimeType: blob.type, ...size };
}

function blobOf(dataUrl: string): Blob | null {
  const match = /^data:([^;,]*)(?:;[^,]*)?;base64,/.exec(dataUrl);
  if (match === null) return null;
  try {
    const bytes = Uint8Array.from(atob(dataUrl.slice(match[0].length)), (character) => character.codePointAt(0) ?? 0);
    return new Blob([bytes], { type: match[1] ?? '' });
  } catch {
    // Not base64 after all: there is no picture in it.
    return null;
  }
}
