/** The stored value of a name; null without one, or when storage is switched off. */
export function readStored(storage: 'local' | 'session', name: string): string | null {
  try {
    return (storage === 'local' ? window.localStorage : window.sessionStorage).getItem(name);
  } catch {
    return null; // Storage is switched off for this site: the value lasts as long as the page.
  }
}

/** Stores a value under a name, or deletes it (null). */
export function writeStored(storage: 'local' | 'session', name: string, value: string | null): void {
  try {
    const store = storage === 'local' ? window.localStorage : window.sessionStorage;
    if (value === null) store.removeItem(name);
    else store.setItem(name, value);
  } catch {
    // Storage is switched off or full: the value lasts as long as the page.
  }
}

/** Deletes every value whose name is `unwanted`. */
export function forgetStored(storage: 'local' | 'session', unwanted: (name: string) => boolean): void {
  try {
    const store = storage === 'local' ? window.localStorage : window.sessionStorage;
    for (const name of Object.keys(store)) if (unwanted(name)) store.removeItem(name);
  } catch {
    // Storage is switched off: there is nothing to delete.
  }
}
