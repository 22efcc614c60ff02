import type { OperatorChat, TimelineMessage } from '@switchboard/client';
import { textOf, unreachable } from '@switchboard/protocol/body';
import { useEffect, useState } from 'react';

import { displayName } from '../text/names.ts';

/** Messages that arrive within this time are told together. */
const BURST_MS = 1_000;
/** As much of a message as one listens to before it is read. */
const SPOKEN_LENGTH = 140;

interface Heard {
  readonly name: string;
  readonly text: string;
}

/** One sentence for what arrived together: `New from Ana: Hello, 3 waiting`. */
export function announcementOf(heard: readonly Heard[], waiting: number): string {
  const names = [...new Set(heard.map(({ name }) => name))];
  const last = heard.at(-1);
  const [first = '', second = ''] = names;
  const said = last === undefined || last.text.length <= SPOKEN_LENGTH ? (last?.text ?? '') : `${last.text.slice(0, SPOKEN_LENGTH)}…`;
  const news =
    names.length > 2
      ? `New from ${first}, ${second} and ${names.length - 2} more`
      : names.length === 2
        ? `New from ${first} and ${second}`
        : heard.length > 1
          ? `${heard.length} new from ${first}: ${said}`
          : `New from ${first}: ${said}`;
  return waiting === 0 ? news : `${news}, ${waiting} waiting`;
}

function spoken(body: TimelineMessage['body']): string {
  switch (body.type) {
    case 'text':
      return body.text;
    case 'image':
      return textOf(body) ?? 'Picture';
    default:
      return unreachable(body);
  }
}

/** Tells a screen reader what visitors write, wherever the person is. It can't be seen. */
export function Announcer({ chat }: { readonly chat: OperatorChat }) {
  const [told, setTold] = useState({ text: '', count: 0 });
  useEffect(() => {
    let heard: Heard[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const text = announcementOf(heard, chat.getSnapshot().waiting);
      heard = [];
      // Counted, so that the same sentence is told again.
      setTold(({ count }) => ({ text, count: count + 1 }));
    };
    const stop = chat.onArrival(({ clientId, message }) => {
      if (message.senderType !== 'CLIENT') return;
      heard.push({ name: displayName(chat.summaryOf(clientId)?.username ?? '', clientId), text: spoken(message.body) });
      timer ??= setTimeout(tell, BURST_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [chat]);
  return (
    <div aria-live="polite" className="sr-only">
      <p key={told.count}>{told.text}</p>
    </div>
  );
}
