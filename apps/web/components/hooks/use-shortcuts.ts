import { useEffect, useRef } from 'react';

/** What can be done from the keyboard anywhere in the console. */
export type ShortcutName = 'next' | 'previous' | 'reply' | 'attach' | 'details' | 'sound' | 'list' | 'shortcuts';

/** Key → what it does, while no text is being typed. */
const SINGLE_KEYS: Readonly<Record<string, ShortcutName>> = {
  j: 'next',
  k: 'previous',
  r: 'reply',
  a: 'attach',
  d: 'details',
  m: 'sound',
  '?': 'shortcuts',
};
/** The same with Alt, while typing too. */
const ALT_KEYS: Readonly<Record<string, ShortcutName>> = { ArrowDown: 'next', ArrowUp: 'previous' };

function typesInto(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type="checkbox"]), textarea, select'));
}

/** What a key press asks for, if anything. */
function shortcutOf(event: KeyboardEvent, singleKeys: boolean): ShortcutName | undefined {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return undefined;
  if (event.altKey) return ALT_KEYS[event.key];
  if (event.key === 'Escape') return 'list';
  if (!singleKeys || typesInto(event.target)) return undefined;
  return SINGLE_KEYS[event.key.toLowerCase()];
}

/** Listens for shortcuts while no dialog or menu is open. `singleKeys`: whether letters alone count. */
export function useShortcuts(singleKeys: boolean, act: (name: ShortcutName) => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (document.querySelector(':is([role="dialog"], [role="menu"]):not([data-closed])') !== null) return;
      const name = shortcutOf(event, singleKeys);
      if (name === undefined) return;
      event.preventDefault();
      latest.current(name);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [singleKeys]);
}
