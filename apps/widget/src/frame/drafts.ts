import type { KeyValueStore } from '@switchboard/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

const MESSAGE = 'switchboard.draft';
const FORM = 'switchboard.form';

/** A text that somebody is writing: a reload, the next page and the other tabs have it, until it is sent. */
export interface Draft {
  read(): string;
  write(text: string): void;
  /** Another tab has changed it. Returns how to stop listening. */
  onChange(listener: (text: string) => void): () => void;
}

/** What stands in a form that has not been sent. */
export interface FormDraft {
  readonly name?: string;
  readonly phone?: string;
}

/** What a visitor has typed and not sent yet. */
export interface Drafts {
  /** The message: one at most, since a browser has one conversation at most. */
  readonly message: Draft;
  readForm(): FormDraft;
  /** Kept for this tab alone: a name and a number are nothing to leave behind on a computer that others use. */
  writeForm(form: FormDraft): void;
  /** Nothing of it is kept any more. */
  clear(): void;
}

/** What is not taken (a full store) is lost at the next reload, and nothing else. */
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
    // Not ours.
    return {};
  }
}

/** `lasting` outlives the browser and is shared by its tabs; `passing` is this tab's. */
export function createDrafts(lasting: KeyValueStore, passing: KeyValueStore): Drafts {
  return {
    message: {
      read: () => lasting.getItem(MESSAGE) ?? '',
      write: (text) => put(lasting, MESSAGE, text),
      onChange(listener) {
        const hear = ({ key, newValue }: StorageEvent) => (key === MESSAGE || key === null ? listener(newValue ?? '') : undefined);
        window.addEventListener('storage', hear);
        return () => window.removeEventListener('storage', hear);
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

/** The text of a draft and how to change it, as `useState` has them. */
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
      draft.onChange((told) => {
        current.current = told;
        setText(told);
      }),
    [draft],
  );
  return [text, change];
}
