import type { ConversationHandle, ConversationSnapshot } from '@switchboard/client';
import { AT_THE_END, type LogPosition, LogScroll } from '@switchboard/presentation';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface LogScrolling {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly position: LogPosition;
  readonly toEnd: () => void;
  readonly toUnread: () => void;
  /** Older messages could not be loaded; `loadOlder` tries again. */
  readonly failed: boolean;
  readonly loadOlder: () => void;
}

/** Controls the scroll position of the log (see `LogScroll`) and reports to the conversation which messages are in view. */
export function useLogScroll(
  conversation: ConversationHandle,
  snapshot: ConversationSnapshot,
  open: boolean,
  attended: boolean,
): LogScrolling {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const scroll = useRef<LogScroll | undefined>(undefined);
  const [position, setPosition] = useState(AT_THE_END);
  const [failed, setFailed] = useState(false);
  const loadOlder = () => {
    setFailed(false);
    conversation.loadOlder().catch(() => setFailed(true)); // Shown in the log, with a button.
  };
  const nearTop = useRef(() => undefined as void);
  nearTop.current = () => {
    if (snapshot.hasOlder && !snapshot.loadingOlder && !failed) loadOlder();
  };

  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return undefined;
    const opened = new LogScroll(scroller.current, content.current, {
      onPosition: setPosition,
      onView: (view) => conversation.setView(view),
      onNearTop: () => nearTop.current(),
    });
    scroll.current = opened;
    return () => opened.close();
  }, [conversation]);
  useLayoutEffect(() => scroll.current?.update({ snapshot, attended }), [snapshot, attended]);
  useEffect(() => {
    conversation.setOpen(open);
    return () => conversation.setOpen(false);
  }, [conversation, open]);
  useEffect(() => {
    conversation.setVisible(attended);
    return () => conversation.setVisible(false);
  }, [conversation, attended]);

  return {
    scroller,
    content,
    position,
    toEnd: () => scroll.current?.toEnd(),
    toUnread: () => scroll.current?.toUnread(),
    failed,
    loadOlder,
  };
}
