import type { VisitorChat, VisitorForm } from '@switchboard/client';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { moveFocus } from './focus.ts';
import { useTexts } from './texts.ts';
import { useStore } from './use-store.ts';

interface Navigation {
  /** The end of the last conversation has been read. */
  readonly again: boolean;
  /** What a screen reader is to say, where what is shown says it by its looks alone. */
  readonly announced: string;
  readonly start: (form: VisitorForm) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly startAgain: () => void;
}

/** Moves the focus from one screen to the next when the person goes there, and leaves it where it is when the screen changes without them. */
export function useNavigation(chat: VisitorChat, main: RefObject<HTMLElement | null>, url: string | undefined): Navigation {
  const t = useTexts();
  const { phase, ended } = useStore(chat);
  const [again, setAgain] = useState(false);
  const [announced, setAnnounced] = useState('');
  const isTaken = useRef(false);
  const take = async (step: () => Promise<void>) => {
    isTaken.current = true;
    try {
      await step();
    } catch (error) {
      isTaken.current = false;
      throw error;
    }
  };
  useLayoutEffect(() => {
    if (isTaken.current) moveFocus(main.current);
    isTaken.current = false;
  }, [main, phase, ended, again]);
  useEffect(() => {
    if (phase === 'active') setAgain(false);
    else setAnnounced('');
  }, [phase]);
  return {
    again,
    announced,
    start: async (form) =>
      await take(async () => {
        await chat.start({ ...form, ...(url === undefined ? {} : { pageUrl: url }), locale: navigator.language });
        setAnnounced(t('started'));
      }),
    end: async () => await take(async () => await chat.end()),
    startAgain() {
      isTaken.current = true;
      setAgain(true);
    },
  };
}
