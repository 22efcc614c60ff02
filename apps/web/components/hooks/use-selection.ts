import { useCallback, useEffect, useState } from 'react';

const FROM_LIST = 'switchboardFromList';

/** The client that an address of ours points at: `/?c=12` → 12. */
function selectionIn(search: string): number | null {
  const value = new URLSearchParams(search).get('c');
  return value !== null && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null;
}

export interface Selection {
  readonly clientId: number | null;
  readonly select: (clientId: number) => void;
  /** Back to the list alone. */
  readonly clear: () => void;
}

/** Which conversation is open. It stands in the address, so a reload and a shared link open it, and the browser's back leads to the list. */
export function useSelection(): Selection {
  const [clientId, setClientId] = useState(() => selectionIn(window.location.search));
  useEffect(() => {
    const read = () => setClientId(selectionIn(window.location.search));
    window.addEventListener('popstate', read);
    return () => window.removeEventListener('popstate', read);
  }, []);
  const select = useCallback((next: number) => {
    const open = selectionIn(window.location.search);
    if (open === next) return;
    const url = `${window.location.pathname}?c=${next}`;
    // From one to the next is no step back: the browser's back leads to the list at once.
    if (open === null) window.history.pushState({ [FROM_LIST]: true }, '', url);
    else window.history.replaceState({ ...window.history.state }, '', url);
    setClientId(next);
  }, []);
  const clear = useCallback(() => {
    if ((window.history.state as Record<string, unknown> | null)?.[FROM_LIST] === true) {
      window.history.back();
      return;
    }
    window.history.replaceState(null, '', window.location.pathname);
    setClientId(null);
  }, []);
  return { clientId, select, clear };
}
