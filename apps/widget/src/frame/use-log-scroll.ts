import type { ConversationSnapshot, TimelineMessage } from '@switchboard/client';
import { messageId } from '@switchboard/client/view';
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** This close to the end counts as being there, in CSS pixels. */
const AT_END = 40;
/** Older messages are fetched before the top is reached. */
const NEAR_TOP = 300;

const idOf = (message: TimelineMessage | undefined) => (message === undefined ? '' : messageId(message));

interface LogScroll {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** Messages that arrived below what is in view. */
  readonly missed: number;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

/** Keeps the log at its end while the visitor is there, and where it is otherwise, also when older messages come in above. */
export function useLogScroll(
  snapshot: ConversationSnapshot,
  open: boolean,
  loadOlder: () => void,
  onAtEnd: (atEnd: boolean) => void,
): LogScroll {
  const { messages, hasOlder, loadingOlder } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const before = useRef({ first: '', newest: '', top: 0, height: 0 });
  const [missed, setMissed] = useState(0);

  const note = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    before.current.top = element.scrollTop;
    before.current.height = element.scrollHeight;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END;
    onAtEnd(near);
    if (near) setMissed(0);
  }, [onAtEnd]);
  const toEnd = useCallback(() => {
    stick.current = true;
    if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
    note();
  }, [note]);
  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END;
    // Only a person moves upwards while the height stays; what grows below must not unstick.
    if (near) stick.current = true;
    else if (element.scrollHeight === before.current.height && element.scrollTop < before.current.top) stick.current = false;
    note();
    if (hasOlder && !loadingOlder && element.scrollTop < NEAR_TOP) loadOlder();
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const [first, newest] = [idOf(messages[0]), idOf(messages.at(-1))];
    const last = before.current;
    if (newest !== last.newest && last.newest !== '') {
      const arrived = messages
        .slice(messages.findIndex((message) => messageId(message) === last.newest) + 1)
        .filter(({ own }) => !own).length;
      if (messages.at(-1)?.own === true) stick.current = true;
      else if (!stick.current) setMissed((count) => count + arrived);
    }
    if (stick.current) element.scrollTop = element.scrollHeight;
    else if (first !== last.first && last.first !== '') element.scrollTop = last.top + (element.scrollHeight - last.height);
    last.first = first;
    last.newest = newest;
    note();
  }, [messages, note]);

  useEffect(() => {
    // Pictures that load, a keyboard that comes up, a panel that opens: whoever was at the end stays there.
    const observer = new ResizeObserver(() => {
      if (stick.current && scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
      note();
    });
    for (const element of [scroller.current, content.current]) if (element !== null) observer.observe(element);
    return () => observer.disconnect();
  }, [note]);

  useEffect(() => {
    if (open && stick.current) toEnd();
  }, [open, toEnd]);

  return { scroller, content, missed, onScroll, toEnd };
}
