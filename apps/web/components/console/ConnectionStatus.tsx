import type { ConnectionState, OperatorSnapshot } from '@switchboard/client';
import { useTranslations } from 'use-intl';

const NOT_YET = 'border-[1.5px] border-ink-faint';
const MARKS: Readonly<Record<ConnectionState, string>> = {
  connecting: NOT_YET,
  connected: 'bg-present',
  checking: NOT_YET,
  reconnecting: 'border-2 border-accent',
  offline: 'border-2 border-ink',
};

/** The state of the connection to the relay: a word with a mark. The mark is green only if messages are saved, too. */
export function ConnectionStatus({ lines: { connection, savesFailing, signedOut } }: { readonly lines: OperatorSnapshot }) {
  const t = useTranslations('connection');
  const words = t(signedOut ? 'signedOut' : connection);
  const mark = signedOut ? MARKS.offline : savesFailing && connection === 'connected' ? 'border-2 border-accent' : MARKS[connection];
  return (
    <output className="flex items-center gap-2 text-12 text-ink-soft">
      <span className={`size-2 rounded-full ${mark}`} aria-hidden="true" />
      <span key={words} translate="no">
        {words}
      </span>
    </output>
  );
}
