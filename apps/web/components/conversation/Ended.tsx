import type { ConversationSnapshot, ConversationSummary } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import { slots } from '../text/slots.ts';
import { Contact } from './Details.tsx';

/**
 * Whether the visitor has ended the chat with an unanswered message. Then the operator can still answer, whatever the two clocks say about the order.
 */
export function goesOn(snapshot: ConversationSnapshot, summary: ConversationSummary | undefined): boolean {
  if (summary !== undefined && (summary.unread > 0 || summary.waitingSince !== null)) return true;
  const last = snapshot.messages.at(-1);
  return last?.senderType === 'CLIENT' && snapshot.endedAt !== null && Date.parse(last.createdAt) > Date.parse(snapshot.endedAt);
}

interface EndedProps {
  readonly name: string;
  readonly summary: ConversationSummary | undefined;
  /** The message field is shown below. */
  readonly above: boolean;
}

/** Says that the visitor has left, and how they can still be reached. */
export function EndedNotice({ name, summary, above }: EndedProps) {
  const t = useTranslations('conversation');
  const ways = [summary?.email, summary?.phone].filter((way) => way != null);
  return (
    <div
      className={`text-center text-13 text-ink-soft [overflow-wrap:anywhere] ${
        above ? 'px-5 pb-2 pt-1' : 'border-t border-line px-5 pb-[max(1rem,env(safe-area-inset-bottom))] pt-4'
      }`}
    >
      <bdi translate="no">{name}</bdi> <span>{t(above ? 'leftMayReply' : 'leftNoReply')}</span>{' '}
      {ways.length === 0 ? (
        <span>{t('comeBack')}</span>
      ) : (
        <span>
          {t.rich(
            'reach',
            slots({
              ways: ways.map((way, index) => (
                <span key={way}>
                  {index === 0 ? null : ', '}
                  <Contact value={way} />
                </span>
              )),
            }),
          )}
        </span>
      )}
    </div>
  );
}
