import type { ConversationSummary } from '@switchboard/client';

import { IconButton } from '../ui/Button.tsx';
import { BackIcon, DetailsIcon } from '../ui/icons.tsx';

interface HeaderProps {
  readonly name: string;
  readonly summary: ConversationSummary | undefined;
  readonly detailsShown: boolean;
  readonly onBack: () => void;
  readonly onDetails: () => void;
}

/** The page without scheme and query: where the visitor is, at a glance. */
function shortPage(pageUrl: string | null | undefined): string | null {
  if (pageUrl === null || pageUrl === undefined || !URL.canParse(pageUrl)) return null;
  const { host, pathname } = new URL(pageUrl);
  return `${host}${pathname === '/' ? '' : pathname}`;
}

export function ConversationHeader({ name, summary, detailsShown, onBack, onDetails }: HeaderProps) {
  const page = shortPage(summary?.pageUrl);
  return (
    <header className="border-b border-line flex h-14 shrink-0 items-center gap-1 px-2 pt-[env(safe-area-inset-top)] [box-sizing:content-box] two:ps-6 two:pe-3">
      <IconButton label="Back to conversations" keys={['Esc']} onClick={onBack} className="two:hidden">
        <BackIcon />
      </IconButton>
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-14 font-semibold two:text-16 two:leading-5">
          <bdi>{name}</bdi>
        </h2>
        {page === null ? null : <p className="truncate text-12 text-ink-faint">{page}</p>}
      </div>
      {summary === undefined ? null : (
        <IconButton label={detailsShown ? 'Hide details' : 'Show details'} keys={['D']} aria-pressed={detailsShown} onClick={onDetails}>
          <DetailsIcon />
        </IconButton>
      )}
    </header>
  );
}
