import { useTranslations } from 'use-intl';

import { ConsoleTitle } from './ConsoleTitle.tsx';
import type { ConsoleOperator } from './operator.ts';
import { SidebarFrame } from './SidebarFrame.tsx';
import { SkeletonRows } from './SkeletonRows.tsx';

interface ShellProps {
  readonly operator: ConsoleOperator;
  /** A conversation will be shown: on a phone it replaces the list. */
  readonly opening: boolean;
}

/** The console before its script has loaded: served with the document, so that nothing moves later. */
export function ConsoleShell({ operator, opening }: ShellProps) {
  const t = useTranslations('connection');
  return (
    <div className="isolate flex h-dvh overflow-hidden">
      <ConsoleTitle waiting={0} />
      <SidebarFrame
        behind={opening}
        tools={null}
        footer={
          <>
            <output className="text-12 text-ink-soft">{t('loading')}</output>
            <span className="truncate px-2 text-12 font-medium text-ink-soft">
              <bdi translate="no">{operator.name}</bdi>
            </span>
          </>
        }
      >
        <div className="h-9 shrink-0 touch:h-13" />
        <div className="min-h-0 flex-1 overflow-hidden">
          <SkeletonRows />
        </div>
      </SidebarFrame>
      <main className={`min-w-0 flex-1 bg-surface two:block ${opening ? 'block' : 'hidden'}`} />
    </div>
  );
}
