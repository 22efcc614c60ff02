import type { OperatorSnapshot } from '@switchboard/client';
import { useCallback, useEffect, useState } from 'react';

const FROM_LIST = 'switchboardFromList';

/** Which conversations the list shows. */
export type View = OperatorSnapshot['view'];

/** What the page's address selects: `/?view=waiting&c=12`. */
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
  /** Back to the list alone. */
  readonly clear: () => void;
}

/** Which view is shown and which conversation is open. Both stand in the address, so a reload and a shared link show them, and the browser's back leads to the list. */
export function useSelection(): Selection {
  const [place, setPlace] = useState(() => placeIn(window.location.search));
  useEffect(() => {
    // A view is no place to go back to: the one that is shown stays when the conversation goes.
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
    // From one to the next is no step back: the browser's back leads to the list at once.
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
