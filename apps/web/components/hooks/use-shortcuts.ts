import { useEffect, useRef } from 'react';

/** Actions of the keyboard shortcuts of the console. */
type ShortcutName =
  | 'next'
  | 'previous'
  | 'nextWaiting'
  | 'reply'
  | 'done'
  | 'attach'
  | 'details'
  | 'sound'
  | 'list'
  | 'shortcuts'
  | 'waiting'
  | 'open'
  | 'allDone';

/**
 * Key → action, while no text is being typed. Only navigation, and actions that are undone as easily, so that typing with the focus in the wrong place neither
 * mutes the sound nor opens a dialog.
 */
const SINGLE_KEYS: Readonly<Record<string, ShortcutName>> = {
  j: 'next',
  k: 'previous',
  n: 'nextWaiting',
  r: 'reply',
  e: 'done',
  '1': 'waiting',
  '2': 'open',
  '3': 'allDone',
  '?': 'shortcuts',
};
/** The same with Alt, also while typing. */
const ALT_KEYS: Readonly<Record<string, ShortcutName>> = { ArrowDown: 'next', ArrowUp: 'previous' };
/** With Alt, by the key's position: on a Mac, Alt changes the letter. */
const ALT_CODES: Readonly<Record<string, ShortcutName>> = { KeyA: 'attach', KeyD: 'details', KeyM: 'sound' };

function typesInto(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type="checkbox"]), textarea, select'));
}

/** Whether this key alone is a shortcut. */
export function isSingleKey(key: string): boolean {
  return SINGLE_KEYS[key.toLowerCase()] !== undefined;
}

function altShortcut(event: KeyboardEvent): ShortcutName | undefined {
  const byKey = ALT_KEYS[event.key];
  if (byKey !== undefined) return byKey;
  // A special letter (å on a Mac) belongs to the text.
  if (typesInto(event.target) && /\P{ASCII}/u.test(event.key)) return undefined;
  return ALT_CODES[event.code];
}

/** The action of a key press, if any. */
function shortcutOf(event: KeyboardEvent, singleKeys: boolean): ShortcutName | undefined {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return undefined;
  if (event.altKey) return altShortcut(event);
  if (event.key === 'Escape') return 'list';
  if (!singleKeys || event.repeat || typesInto(event.target)) return undefined;
  return SINGLE_KEYS[event.key.toLowerCase()];
}

/** Listens for shortcuts while no dialog or menu is open. `singleKeys`: whether letters alone count. */
export function useShortcuts(singleKeys: boolean, actions: Readonly<Record<ShortcutName, () => void>>): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (document.querySelector(':is([role="dialog"], [role="menu"]):not([data-closed])') !== null) return;
      const name = shortcutOf(event, singleKeys);
      if (name === undefined) return;
      event.preventDefault();
      latest.current[name]();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [singleKeys]);
}
