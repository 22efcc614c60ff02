import type { OperatorSnapshot } from '@switchboard/client';
import { useCallback, useEffect, useState } from 'react';

const FROM_LIST = 'switchboardFromList';

/** The view of the list. */
export type View = OperatorSnapshot['view'];

/** The view and conversation in the page's address: `/?view=waiting&c=12`. */
interface Place {
  readonly view: View;
  readonly clientId: number | null;
}

function placeIn(search: string): Place {
  const query = new URLSearchParams(search);
  const view = query.get('view');
  const client = query.get('c');
  return {
    view: view === 'waiting' || view === 'done' ? view : 'open',
    clientId: client !== null && /^[1-9]\d{0,8}$/.test(client) ? Number(client) : null,
  };
}

/** The address of a view, with a conversation open or not. */
export function addressOf({ view, clientId }: Place): string {
  const query = new URLSearchParams({ ...(view === 'open' ? {} : { view }), ...(clientId === null ? {} : { c: String(clientId) }) });
  return query.size === 0 ? window.location.pathname : `${window.location.pathname}?${query.toString()}`;
}

export interface Selection extends Place {
  readonly select: (clientId: number) => void;
  readonly show: (view: View) => void;
  /** Returns to the list. */
  readonly clear: () => void;
}

/** The current view and conversation. Both are in the address, so a reload and a shared link show them, and the browser's back button leads to the list. */
export function useSelection(): Selection {
  const [place, setPlace] = useState(() => placeIn(window.location.search));
  useEffect(() => {
    // A view adds no history entry: going back closes the conversation and keeps the view.
    const read = () =>
      setPlace(({ view }) => {
        const next = { view, clientId: placeIn(window.location.search).clientId };
        window.history.replaceState(window.history.state, '', addressOf(next));
        return next;
      });
    window.addEventListener('popstate', read);
    return () => window.removeEventListener('popstate', read);
  }, []);
  const select = useCallback((clientId: number) => {
    const { view, clientId: open } = placeIn(window.location.search);
    if (open === clientId) return;
    const next = { view, clientId };
    // Moving between conversations adds no history entry: the back button leads to the list.
    if (open === null) window.history.pushState({ [FROM_LIST]: true }, '', addressOf(next));
    else window.history.replaceState({ ...window.history.state }, '', addressOf(next));
    setPlace(next);
  }, []);
  const show = useCallback((view: View) => {
    const next = { ...placeIn(window.location.search), view };
    window.history.replaceState({ ...window.history.state }, '', addressOf(next));
    setPlace(next);
  }, []);
  const clear = useCallback(() => {
    if ((window.history.state as Record<string, unknown> | null)?.[FROM_LIST] === true) {
      window.history.back();
      return;
    }
    const next = { ...placeIn(window.location.search), clientId: null };
    window.history.replaceState(null, '', addressOf(next));
    setPlace(next);
  }, []);
  return { ...place, select, show, clear };
}
