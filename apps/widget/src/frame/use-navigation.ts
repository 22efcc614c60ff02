import type { VisitorChat, VisitorForm } from '@switchboard/client';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { moveFocus } from './focus.ts';
import { useTexts } from './texts.ts';
import { useStore } from './use-store.ts';

interface Navigation {
  /** The person has left the screen about the end of the last conversation. */
  readonly again: boolean;
  /** A screen reader announcement of a change that is otherwise only visible. */
  readonly announced: string;
  readonly start: (form: VisitorForm) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly startAgain: () => void;
}

/** The page of the host site, and the key of the inbox that it names. */
type Page = Pick<VisitorForm, 'pageUrl' | 'inbox'>;

/** The actions that lead from one screen to the next. They move the focus to the new screen; when the screen changes for another reason, the focus stays. */
export function useNavigation(chat: VisitorChat, main: RefObject<HTMLElement | null>, page: Page): Navigation {
  const t = useTexts();
  const { phase, ended } = useStore(chat);
  const [again, setAgain] = useState(false);
  const [announced, setAnnounced] = useState('');
  const isByPerson = useRef(false);
  const navigate = async (action: () => Promise<void>) => {
    isByPerson.current = true;
    try {
      await action();
    } catch (error) {
      isByPerson.current = false;
      throw error;
    }
  };
  useLayoutEffect(() => {
    if (isByPerson.current) moveFocus(main.current);
    isByPerson.current = false;
  }, [main, phase, ended, again]);
  useEffect(() => {
    if (phase === 'active') setAgain(false);
    else setAnnounced('');
  }, [phase]);
  return {
    again,
    announced,
    start: async (form) =>
      await navigate(async () => {
        await chat.start({ ...form, ...page, locale: navigator.language });
        setAnnounced(t('started'));
      }),
    end: async () => await navigate(async () => await chat.end()),
    startAgain() {
      isByPerson.current = true;
      setAgain(true);
    },
  };
}
