import type { ConversationSnapshot, TimelineMessage } from '@switchboard/client';
import { messageId } from '@switchboard/client/view';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

import { useOlder, type Older } from './use-older.ts';

/** This close to the end counts as being there, in CSS pixels. */
const AT_END = 48;
/** Older messages are fetched before the top is reached. */
const NEAR_TOP = 600;

export interface LogScroll {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** The newest message is in view. */
  readonly atEnd: boolean;
  /** How many messages arrived below what is in view. */
  readonly missed: number;
  readonly older: Older;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

const idOf = (message: TimelineMessage | undefined) => (message === undefined ? undefined : messageId(message));

interface Position {
  readonly top: number;
  readonly height: number;
}

/**
 * Where the log stands: opens at the first unread message or the end, stays at the end only while it is there, and keeps what is in view where it is
 * when older messages come in above.
 */
export function useLogScroll(snapshot: ConversationSnapshot, fetchOlder: () => Promise<void>): LogScroll {
  const { messages, history } = snapshot;
  const older = useOlder(snapshot, fetchOlder);
  const { wanted: wantOlder, load: loadOlder } = older;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const last = useRef<Position>({ top: 0, height: 0 });
  const stick = useRef(true);
  const opened = useRef(false);
  const seen = useRef<{ first: string | undefined; newest: string | undefined }>({ first: undefined, newest: undefined });
  const [atEnd, setAtEnd] = useState(false);
  const [missed, setMissed] = useState(0);

  const note = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    last.current = { top: element.scrollTop, height: element.scrollHeight };
    const near = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END;
    setAtEnd(near && opened.current);
    if (near) setMissed(0);
  }, []);

  const toEnd = useCallback(() => {
    stick.current = true;
    if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
    note();
  }, [note]);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END;
    // Only a person moves upwards while the height stays the same; what grows below must not unstick.
    if (near) stick.current = true;
    else if (element.scrollHeight === last.current.height && element.scrollTop < last.current.top) stick.current = false;
    note();
    if (opened.current && wantOlder && element.scrollTop < NEAR_TOP) loadOlder();
  }, [note, loadOlder, wantOlder]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const [first, newest] = [idOf(messages[0]), idOf(messages.at(-1))];
    const before = seen.current;
    seen.current = { first, newest };
    if (!opened.current) {
      if (history !== 'ready' && messages.length === 0) return;
      opened.current = history === 'ready';
      const unread = element.querySelector<HTMLElement>('[data-new-divider]');
      element.scrollTop = unread === null ? element.scrollHeight : unread.offsetTop - 16;
      stick.current = unread === null || element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END;
    } else {
      if (newest !== before.newest) {
        const from = messages.findIndex((message) => messageId(message) === before.newest) + 1;
        const arrived = messages.slice(from);
        if (messages.at(-1)?.own === true) stick.current = true;
        else if (!stick.current) setMissed((count) => count + arrived.filter(({ own }) => !own).length);
      }
      if (stick.current) element.scrollTop = element.scrollHeight;
      else if (first !== before.first) element.scrollTop = last.current.top + (element.scrollHeight - last.current.height);
    }
    note();
  }, [messages, history, note]);

  // Pictures that load, a composer that grows, a keyboard that comes up: whoever was at the end stays there.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (stick.current && scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
      note();
    });
    for (const element of [scroller.current, content.current]) if (element !== null) observer.observe(element);
    return () => observer.disconnect();
  }, [note]);

  const count = messages.length;
  // A first page that does not fill the window leaves nothing to scroll.
  useEffect(() => {
    const element = scroller.current;
    if (opened.current && count > 0 && wantOlder && element !== null && element.scrollHeight <= element.clientHeight + NEAR_TOP)
      loadOlder();
  }, [count, wantOlder, loadOlder]);

  return { scroller, content, atEnd, missed, older, onScroll, toEnd };
}
