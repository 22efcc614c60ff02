import { useRef, type KeyboardEvent } from 'react';

import { isSingleKey } from '../hooks/use-shortcuts.ts';

/** Letters typed within this time of each other form the beginning of a name. */
const TYPED_TOGETHER_MS = 1_000;

/** The index among `count` rows that a key leads to from `at`; undefined for other keys. */
function stepOf(key: string, at: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(at + 1, count - 1),
    ArrowUp: Math.max(at - 1, 0),
    Home: 0,
    End: count - 1,
  };
  return steps[key];
}

/** The row after `at` (or that row, while it still matches) whose name begins with `typed`. */
function named(rows: readonly HTMLElement[], at: number, typed: string): HTMLElement | undefined {
  const first = typed.length === 1 ? at + 1 : at;
  const beginning = typed.toLocaleLowerCase();
  return [...rows.slice(first), ...rows.slice(0, first)].find((row) => row.dataset.name?.toLocaleLowerCase().startsWith(beginning));
}

/**
 * The keys of the list: arrows, Home and End move the focus, and letters lead to the next visitor whose name begins with them. A letter that is a shortcut
 * remains one unless a name has been begun.
 */
export function useRowKeys(singleKeys: boolean) {
  const typed = useRef({ text: '', at: 0 });
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('button[data-client]')];
    const at = rows.findIndex((row) => row === document.activeElement);
    const step = stepOf(event.key, at, rows.length);
    if (step !== undefined) {
      event.preventDefault();
      rows[step]?.focus();
      return;
    }
    if (!/^.$/u.test(event.key)) return;
    const begun = event.timeStamp - typed.current.at < TYPED_TOGETHER_MS ? typed.current.text : '';
    if (begun === '' && (event.key === ' ' || (singleKeys && isSingleKey(event.key)))) return;
    // Shortcuts listen on the window, and a space would press the row.
    event.preventDefault();
    typed.current = { text: begun + event.key, at: event.timeStamp };
    named(rows, at, typed.current.text)?.focus();
  };
  const onKeyUp = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === ' ' && event.timeStamp - typed.current.at < TYPED_TOGETHER_MS) event.preventDefault();
  };
  return { onKeyDown, onKeyUp };
}
