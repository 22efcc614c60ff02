import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { LoaderMessages } from '../messages.ts';
import type { HostMessages } from './host-messages.ts';

interface HostPage {
  /** A loader around the frame has answered. */
  readonly framed: boolean;
  /** The panel is open. Without a loader around it, the frame is a page that is always open. */
  readonly open: boolean;
  /** URL of the page that the visitor is on. */
  readonly url: string | undefined;
  readonly prefill: LoaderMessages['prefill'];
}

/** The state of the host page, from the loader's messages. When the panel is opened, the first field in `main` gets the focus; Escape closes the panel. */
export function useHostPage(parent: HostMessages, main: RefObject<HTMLElement | null>): HostPage {
  const [open, setOpen] = useState(window.parent === window);
  const [framed, setFramed] = useState(false);
  const [url, setUrl] = useState<string>();
  const [prefill, setPrefill] = useState<LoaderMessages['prefill']>({});
  useEffect(() => {
    let wantsFocus = false;
    // The element to focus may be rendered after the panel opens, because the stored session is loaded first.
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
          // Handled by `useAttention`.
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
