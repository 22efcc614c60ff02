/** What this browser remembers under a name; null when it remembers nothing or may not. */
export function readStored(storage: 'local' | 'session', name: string): string | null {
  try {
    return (storage === 'local' ? window.localStorage : window.sessionStorage).getItem(name);
  } catch {
    return null; // Storage is switched off for this site: then it lasts as long as the page.
  }
}

/** Remembers a value under a name, or forgets it (null). */
export function writeStored(storage: 'local' | 'session', name: string, value: string | null): void {
  try {
    const store = storage === 'local' ? window.localStorage : window.sessionStorage;
    if (value === null) store.removeItem(name);
    else store.setItem(name, value);
  } catch {
    // Storage is switched off or full: the value lasts as long as the page.
  }
}

/** Forgets every value whose name is `unwanted`. */
export function forgetStored(storage: 'local' | 'session', unwanted: (name: string) => boolean): void {
  try {
    const store = storage === 'local' ? window.localStorage : window.sessionStorage;
    for (const name of Object.keys(store)) if (unwanted(name)) store.removeItem(name);
  } catch {
    // Storage is switched off: there is nothing to forget.
  }
}
