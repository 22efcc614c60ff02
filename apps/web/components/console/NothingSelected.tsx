import type { ConversationSummary, OperatorSnapshot } from '@switchboard/client';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';

import { useTicking } from '../hooks/use-ticking.ts';
import { elapsed } from '../text/durations.ts';
import { displayName } from '../text/names.ts';
import { slots } from '../text/slots.ts';
import { Button } from '../ui/Button.tsx';
import { waitingOf } from './use-navigation.ts';

const Key = ({ children }: { readonly children: string }) => (
  <kbd className="rounded border border-line px-1 font-sans text-12">{children}</kbd>
);

interface NothingProps {
  readonly snapshot: OperatorSnapshot;
  readonly onWaiting: () => void;
}

/** Beside the list while no conversation is open. */
export function NothingSelected({ snapshot, onWaiting }: NothingProps) {
  const t = useTranslations('inbox.nothing');
  const { list, waiting, conversations } = snapshot;
  const [longest] = waitingOf(conversations);
  const known = list === 'ready' && (conversations.length > 0 || waiting > 0);
  return (
    <div className="hidden flex-1 flex-col items-center justify-center gap-1 bg-surface px-6 text-center text-13 text-ink-soft two:flex">
      {known ? (
        <>
          <p key={waiting} className="font-medium text-ink">
            {t('waiting', { waiting })}
          </p>
          {longest === undefined ? null : <Longest summary={longest} />}
          {waiting === 0 ? (
            <p>{t.rich('choose', slots({ key: <Key>{'J'}</Key> }))}</p>
          ) : (
            <Button look="primary" className="mt-3" onClick={onWaiting}>
              {t('answer')} <span className="font-normal opacity-80">{'N'}</span>
            </Button>
          )}
        </>
      ) : null}
    </div>
  );
}

function Longest({ summary }: { readonly summary: ConversationSummary }) {
  const t = useTranslations('inbox.nothing');
  const duration = useTranslations('duration');
  const visitor = useTranslations('visitor');
  const { waitingSince, username, clientId } = summary;
  const since = waitingSince ?? '';
  const waited = useTicking(useCallback((now: number) => elapsed(since, now, duration), [since, duration]));
  return (
    <p>
      {t.rich(
        'longest',
        slots({
          name: <bdi translate="no">{displayName(username, clientId, visitor)}</bdi>,
          time: <span className="tabular-nums text-waiting-ink">{waited}</span>,
        }),
      )}
    </p>
  );
}
