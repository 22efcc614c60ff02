import type { KeyValueStore } from '@switchboard/client';

/** `localStorage`, or where the browser keeps it from frames of other sites, memory: then the conversation lasts as long as the page. */
export function openStorage(): KeyValueStore {
  try {
    const probe = 'switchboard.probe';
    localStorage.setItem(probe, '1');
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    const values = new Map<string, string>();
    return {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
      removeItem: (key) => void values.delete(key),
    };
  }
}
