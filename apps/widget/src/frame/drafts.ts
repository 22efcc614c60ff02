import type { KeyValueStore } from '@switchboard/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

const MESSAGE = 'switchboard.draft';
const FORM = 'switchboard.form';

/** The typed text of a message: it survives reloads and page changes and is shared by all tabs, until it is sent. */
export interface Draft {
  read(): string;
  write(text: string): void;
  /** Notifies of changes by another tab. Returns a function that unsubscribes. */
  onChange(listener: (text: string) => void): () => void;
}

/** The typed values of the start form. */
export interface FormDraft {
  readonly name?: string;
  readonly phone?: string;
}

/** Everything that a visitor has typed and not sent yet. */
export interface Drafts {
  /** The message: one is enough, because a browser has at most one conversation. */
  readonly message: Draft;
  readForm(): FormDraft;
  /** Stored for this tab only: a name and a phone number must not remain on a shared computer. */
  writeForm(form: FormDraft): void;
  /** Deletes everything. */
  clear(): void;
}

/** Stores a text. If the store refuses it (it is full), the text is lost at the next reload. */
function put(store: KeyValueStore, key: string, text: string): void {
  try {
    if (text === '') store.removeItem(key);
    else store.setItem(key, text);
  } catch {
    store.removeItem(key);
  }
}

function readForm(text: string | null): FormDraft {
  try {
    const { name, phone } = JSON.parse(text ?? '{}') as Record<string, unknown>;
    return { ...(typeof name === 'string' ? { name } : {}), ...(typeof phone === 'string' ? { phone } : {}) };
  } catch {
    // Another program's value, or damaged.
    return {};
  }
}

/** `lasting` survives a restart of the browser and is shared by its tabs; `passing` belongs to this tab. */
export function createDrafts(lasting: KeyValueStore, passing: KeyValueStore): Drafts {
  return {
    message: {
      read: () => lasting.getItem(MESSAGE) ?? '',
      write: (text) => put(lasting, MESSAGE, text),
      onChange(listener) {
        const receive = ({ key, newValue }: StorageEvent) => (key === MESSAGE || key === null ? listener(newValue ?? '') : undefined);
        window.addEventListener('storage', receive);
        return () => window.removeEventListener('storage', receive);
      },
    },
    readForm: () => readForm(passing.getItem(FORM)),
    writeForm: (form) => put(passing, FORM, JSON.stringify(form)),
    clear() {
      put(lasting, MESSAGE, '');
      put(passing, FORM, '');
    },
  };
}

/** The text of a draft and a function that changes it, like `useState`. */
export function useDraft(draft: Draft): [string, (next: string | ((before: string) => string)) => void] {
  const [text, setText] = useState(() => draft.read());
  const current = useRef(text);
  const change = useCallback(
    (next: string | ((before: string) => string)) => {
      current.current = typeof next === 'string' ? next : next(current.current);
      draft.write(current.current);
      setText(current.current);
    },
    [draft],
  );
  useEffect(
    () =>
      draft.onChange((changed) => {
        current.current = changed;
        setText(changed);
      }),
    [draft],
  );
  return [text, change];
}
