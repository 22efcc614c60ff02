import type { OperatorSnapshot } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import { AlertIcon } from '../ui/icons.tsx';
import { troubleOf } from './line-words.ts';

interface BannersProps {
  readonly lines: OperatorSnapshot;
  readonly relayHost: string;
  /** What the screen shows: the list alone, or a conversation (beside it). */
  readonly over: 'list' | 'conversation';
}

/** The current problem with the connections. It overlays the oldest content and moves nothing, so that a click hits its target. */
export function Banners({ lines, relayHost, over }: BannersProps) {
  const t = useTranslations('trouble');
  const sentence = troubleOf(lines, relayHost, t);
  if (sentence === null) return null;
  return (
    <div
      role="alert"
      className={`pointer-events-none absolute inset-x-0 z-10 flex px-3 ${over === 'list' ? 'bottom-14 pb-[env(safe-area-inset-bottom)]' : 'top-14 pt-[calc(0.5rem+env(safe-area-inset-top))] two:start-80'}`}
    >
      <p
        key={sentence}
        className="border-line fade-in flex max-w-[44rem] items-start gap-2 rounded-lg border bg-waiting-tint px-3 py-2 text-13 text-waiting-ink"
      >
        <span className="mt-px">
          <AlertIcon />
        </span>
        <span>{sentence}</span>
      </p>
    </div>
  );
}
