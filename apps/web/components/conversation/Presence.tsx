import type { ConversationSummary } from '@switchboard/client';
import { HERE_MS } from '@switchboard/protocol/limits';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';

import { useTicking } from '../hooks/use-ticking.ts';
import { ago } from '../text/durations.ts';

/** Whether the visitor is there now: `Here now`, or `Left 3 min ago`. Null when the server does not say. */
export function usePresence({ lastSeenAt, endedAt }: ConversationSummary): string | null {
  const t = useTranslations('conversation');
  const duration = useTranslations('duration');
  return useTicking(
    useCallback(
      (now: number) => {
        if (endedAt !== null) return t('left', { ago: ago(endedAt, now, duration) });
        if (lastSeenAt === null) return null;
        return now - Date.parse(lastSeenAt) < HERE_MS ? t('here') : t('left', { ago: ago(lastSeenAt, now, duration) });
      },
      [lastSeenAt, endedAt, t, duration],
    ),
  );
}

/** The same in words with a mark. */
export function Presence({ text }: { readonly text: string }) {
  const t = useTranslations('conversation');
  const here = text === t('here');
  return (
    <span key={text} className={`inline-flex shrink-0 items-center gap-1.5 ${here ? 'text-ink-soft' : 'text-ink-faint'}`}>
      <span aria-hidden="true" className={`size-2 rounded-full ${here ? 'bg-present' : 'border-[1.5px] border-ink-faint'}`} />
      <span>{text}</span>
    </span>
  );
}
