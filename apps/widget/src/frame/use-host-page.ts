import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { LoaderMessages } from '../messages.ts';
import type { HostMessages } from './host-messages.ts';

interface HostPage {
  /** A loader around the frame has answered; a page of its own has none. */
  readonly framed: boolean;
  /** The panel is open. Opened by itself, without a loader around it, the frame is a page that is always open. */
  readonly open: boolean;
  /** Address of the page that the visitor is on. */
  readonly url: string | undefined;
  readonly prefill: LoaderMessages['prefill'];
}

/** What the loader says of the page around the frame. An opened panel gives the keyboard to the first field in `main`; Escape closes it. */
export function useHostPage(parent: HostMessages, main: RefObject<HTMLElement | null>): HostPage {
  const [open, setOpen] = useState(window.parent === window);
  const [framed, setFramed] = useState(false);
  const [url, setUrl] = useState<string>();
  const [prefill, setPrefill] = useState<LoaderMessages['prefill']>({});
  useEffect(() => {
    let wantsFocus = false;
    // What is there to be focused may be drawn later than the panel opens: which one it is depends on what the browser has kept.
    const giveFocus = () => {
      if (!wantsFocus) return;
      const first = main.current?.querySelector<HTMLElement>('[data-first-focus]');
      if (first === null || first === undefined) requestAnimationFrame(giveFocus);
      else first.focus();
      wantsFocus = first === null || first === undefined;
    };
    const stop = parent.onMessage((message) => {
      setFramed(window.parent !== window);
      switch (message.type) {
        case 'opened':
          setOpen(true);
          document.documentElement.toggleAttribute('data-full', message.full);
          wantsFocus = message.focus;
          requestAnimationFrame(giveFocus);
          return;
        case 'closed':
          wantsFocus = false;
          setOpen(false);
          return;
        case 'page':
          setUrl(message.url);
          return;
        case 'prefill':
          setPrefill(message);
          return;
        case 'focus':
          // For `useAttention`.
          return;
      }
    });
    parent.send({ switchboard: 1, type: 'ready' });
    return () => {
      wantsFocus = false;
      stop();
    };
  }, [parent, main]);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.isComposing) parent.send({ switchboard: 1, type: 'close' });
    };
    window.addEventListener('keydown', escape);
    return () => window.removeEventListener('keydown', escape);
  }, [parent]);
  return { framed, open, url, prefill };
}
