import type { ConversationHandle, ConversationSnapshot } from '@switchboard/client';
import { AT_THE_END, type LogPosition, LogScroll } from '@switchboard/presentation';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

import { useOlder, type Older } from './use-older.ts';

interface LogScrolling {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly place: LogPosition;
  readonly older: Older;
  readonly toEnd: () => void;
  readonly toUnread: () => void;
}

/** Scrolls the log of an open conversation (see `LogScroll`) and reports to the conversation which messages are in view. */
export function useLogScroll(handle: ConversationHandle, snapshot: ConversationSnapshot, attended: boolean): LogScrolling {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const scroll = useRef<LogScroll>(null);
  const [place, setPlace] = useState(AT_THE_END);
  const older = useOlder(
    snapshot,
    useCallback(() => handle.loadOlder(), [handle]),
  );
  const nearTop = useRef(() => undefined as void);
  useLayoutEffect(() => {
    nearTop.current = () => {
      if (older.wanted) older.load();
    };
  }, [older]);

  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return undefined;
    const opened = new LogScroll(scroller.current, content.current, {
      onPosition: setPlace,
      onView: (view) => handle.setView(view),
      onNearTop: () => nearTop.current(),
    });
    scroll.current = opened;
    handle.setOpen(true);
    return () => {
      opened.close();
      handle.setOpen(false);
    };
  }, [handle]);
  useLayoutEffect(() => scroll.current?.update({ snapshot, attended }), [snapshot, attended]);
  useEffect(() => {
    handle.setVisible(attended);
    return () => handle.setVisible(false);
  }, [handle, attended]);

  return {
    scroller,
    content,
    place,
    older,
    toEnd: useCallback(() => scroll.current?.toEnd(), []),
    toUnread: useCallback(() => scroll.current?.toUnread(), []),
  };
}
