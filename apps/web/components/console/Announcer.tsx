import type { OperatorChat, TimelineMessage } from '@switchboard/client';
import { textOf, unreachable } from '@switchboard/protocol/body';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';

import { displayName } from '../text/names.ts';
import type { Texts } from '../text/texts.ts';

/** Messages that arrive within this time are announced together. */
const BURST_MS = 1_000;
/** The announced part of a message, in characters. */
const SPOKEN_LENGTH = 140;

interface Heard {
  readonly name: string;
  readonly text: string;
}

/** One sentence for the messages that arrived together: `New from Ana: Hello, 3 waiting`. */
export function announcementOf(heard: readonly Heard[], waiting: number, t: Texts<'announcement'>): string {
  const names = [...new Set(heard.map(({ name }) => name))];
  const last = heard.at(-1);
  const [first = '', second = ''] = names;
  const said = last === undefined || last.text.length <= SPOKEN_LENGTH ? (last?.text ?? '') : `${last.text.slice(0, SPOKEN_LENGTH)}…`;
  const news =
    names.length > 2
      ? t('many', { first, second, more: names.length - 2 })
      : names.length === 2
        ? t('two', { first, second })
        : heard.length > 1
          ? t('several', { count: heard.length, name: first, text: said })
          : t('one', { name: first, text: said });
  return waiting === 0 ? news : t('waiting', { news, waiting });
}

function spoken(body: TimelineMessage['body'], t: Texts<'announcement'>): string {
  switch (body.type) {
    case 'text':
      return body.text;
    case 'image':
      return textOf(body) ?? t('picture');
    default:
      return unreachable(body);
  }
}

/** Announces visitors' messages to screen readers, wherever the focus is. Invisible. */
export function Announcer({ chat }: { readonly chat: OperatorChat }) {
  const t = useTranslations('announcement');
  const visitor = useTranslations('visitor');
  const [told, setTold] = useState({ text: '', count: 0 });
  useEffect(() => {
    let heard: Heard[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const text = announcementOf(heard, chat.getSnapshot().waiting, t);
      heard = [];
      // Numbered, so that a repeated sentence is announced again.
      setTold(({ count }) => ({ text, count: count + 1 }));
    };
    const stop = chat.onArrival(({ clientId, message }) => {
      if (message.senderType !== 'CLIENT') return;
      heard.push({ name: displayName(chat.summaryOf(clientId)?.username ?? '', clientId, visitor), text: spoken(message.body, t) });
      timer ??= setTimeout(tell, BURST_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [chat, t, visitor]);
  return (
    <div aria-live="polite" className="sr-only">
      <p key={told.count}>{told.text}</p>
    </div>
  );
}
