import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';

interface FrameProps {
  /** Content at the end of the heading's line. */
  readonly tools: ReactNode;
  readonly footer: ReactNode;
  /** Another screen covers it on narrow windows. */
  readonly behind?: boolean;
  readonly children: ReactNode;
}

/** The frame of the inbox: the same while it is loading and after. */
export function SidebarFrame({ tools, footer, behind = false, children }: FrameProps) {
  const t = useTranslations('inbox');
  return (
    <nav
      aria-label={t('title')}
      className={`two:border-e two:border-line w-full min-w-0 flex-col bg-ground pt-[env(safe-area-inset-top)] two:flex two:w-80 two:shrink-0 ${behind ? 'hidden' : 'flex'}`}
    >
      <header className="flex h-14 shrink-0 items-center justify-between pe-2.5 ps-4.5">
        <h1 className="text-14 font-semibold">{t('title')}</h1>
        {tools}
      </header>
      {children}
      <footer className="border-t border-line flex h-11 shrink-0 items-center justify-between gap-2 pb-[env(safe-area-inset-bottom)] pe-2 ps-4.5 [box-sizing:content-box] touch:h-14">
        {footer}
      </footer>
    </nav>
  );
}
