import type { KeyValueStore } from '@switchboard/client';

/**
 * `localStorage` or, for this tab only, `sessionStorage`. If the browser blocks them in frames of other sites, values are kept in memory, as long as the page
 * is open.
 */
export function openStorage(kind: 'local' | 'session'): KeyValueStore {
  try {
    const storage = kind === 'local' ? localStorage : sessionStorage;
    const probe = 'switchboard.probe';
    storage.setItem(probe, '1');
    storage.removeItem(probe);
    return storage;
  } catch {
    const values = new Map<string, string>();
    return {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
      removeItem: (key) => void values.delete(key),
    };
  }
}
