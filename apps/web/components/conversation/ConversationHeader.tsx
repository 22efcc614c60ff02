import type { ConversationSummary } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import { Button, IconButton } from '../ui/Button.tsx';
import { BackIcon, CheckIcon, DetailsIcon, MoreIcon } from '../ui/icons.tsx';
import { MenuButton } from '../ui/MenuButton.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { Presence, usePresence } from './Presence.tsx';

interface HeaderProps {
  readonly name: string;
  readonly summary: ConversationSummary | undefined;
  readonly detailsShown: boolean;
  readonly onBlock: () => void;
  readonly onDone: (done: boolean) => void;
  readonly onBack: () => void;
  readonly onDetails: () => void;
}

/** The page's address without scheme and query. */
function shortPage(pageUrl: string | null): string | null {
  if (pageUrl === null || !URL.canParse(pageUrl)) return null;
  const { host, pathname } = new URL(pageUrl);
  return `${host}${pathname === '/' ? '' : pathname}`;
}

export function ConversationHeader({ name, summary, detailsShown, onBlock, onDone, onBack, onDetails }: HeaderProps) {
  const t = useTranslations('conversation');
  return (
    <header className="border-b border-line flex h-14 shrink-0 items-center gap-1 px-2 pt-[env(safe-area-inset-top)] [box-sizing:content-box] two:ps-6 two:pe-3">
      <IconButton label={t('back')} keys={['Esc']} onClick={onBack} className="two:hidden">
        <BackIcon />
      </IconButton>
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-14 font-semibold two:text-16 two:leading-5">
          <bdi key={name} translate="no">
            {name}
          </bdi>
        </h2>
        {summary === undefined ? null : <Where summary={summary} />}
      </div>
      {summary === undefined ? null : (
        <>
          <DoneButton done={summary.doneAt !== null} onDone={onDone} />
          <IconButton
            label={t(detailsShown ? 'hideDetails' : 'showDetails')}
            keys={['Alt', 'D']}
            aria-pressed={detailsShown}
            onClick={onDetails}
          >
            <DetailsIcon />
          </IconButton>
          {summary.blockedAt === null ? <More onBlock={onBlock} /> : null}
        </>
      )}
    </header>
  );
}

/** Whether the visitor is there, and on which page; or where the chat was started, if the current page is unknown. */
function Where({ summary }: { readonly summary: ConversationSummary }) {
  const t = useTranslations('conversation');
  const presence = usePresence(summary);
  const page = shortPage(summary.pageUrl);
  if (presence === null && page === null) return null;
  return (
    <p className="flex min-w-0 items-center gap-2 text-12 text-ink-faint">
      {presence === null ? null : <Presence text={presence} />}
      {page === null ? null : (
        <span key={page} title={summary.pageUrl ?? undefined} className="min-w-0 truncate">
          {summary.pageAt === null ? <span>{t('startedOn')}</span> : null}
          <bdi translate="no">{page}</bdi>
        </span>
      )}
    </p>
  );
}

function DoneButton({ done, onDone }: { readonly done: boolean; readonly onDone: (done: boolean) => void }) {
  const t = useTranslations('conversation');
  return (
    <Tooltip label={t(done ? 'reopenHint' : 'doneHint')} keys={['E']}>
      <Button onClick={() => onDone(!done)} className="me-1">
        {done ? null : <CheckIcon />}
        {/* A phone has no room for both the word and the visitor's name. */}
        <span key={String(done)} className={done ? '' : 'sr-only two:not-sr-only'}>
          {t(done ? 'reopen' : 'done')}
        </span>
      </Button>
    </Tooltip>
  );
}

/** The menu of rarely used actions. */
function More({ onBlock }: { readonly onBlock: () => void }) {
  const t = useTranslations('conversation');
  const ui = useTranslations('ui');
  return (
    <Tooltip label={ui('more')}>
      <MenuButton
        label={ui('more')}
        face={<MoreIcon />}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors hover:bg-sunken hover:text-ink data-[popup-open]:bg-sunken touch:size-11"
        side="bottom"
        items={[{ key: 'block', onClick: onBlock, content: <span className="text-danger">{t('block')}</span> }]}
      />
    </Tooltip>
  );
}
