import { LIST_ITEM } from '@switchboard/presentation';
import type { ComponentProps, ReactNode } from 'react';
import { useTranslations } from 'use-intl';

/** A horizontal line with a label. */
function Divider({ children, className, ...rest }: ComponentProps<'div'>) {
  return (
    <div {...rest} className={`flex items-center gap-3 pb-4 pt-1 ${className}`}>
      <span className="h-px flex-1 bg-line" aria-hidden="true" />
      {children}
      <span className="h-px flex-1 bg-line" aria-hidden="true" />
    </div>
  );
}

export function DayDivider({ children }: { readonly children: ReactNode }) {
  return (
    <Divider {...LIST_ITEM} className="text-ink-faint">
      <span className="small-caps">{children}</span>
    </Divider>
  );
}

/** After the last message of a visitor who has ended the chat. */
export function EndDivider({ children }: { readonly children: ReactNode }) {
  return (
    <Divider className="text-ink-soft text-12">
      <span className="max-w-[80%] text-center">{children}</span>
    </Divider>
  );
}

/** Before the first unread message. */
export function NewDivider() {
  const t = useTranslations('log');
  return (
    <div {...LIST_ITEM} data-new-divider="" className="flex items-center gap-3 pb-4 pt-1 text-waiting-ink">
      <span className="h-px flex-1 bg-waiting" aria-hidden="true" />
      <span className="small-caps">{t('new')}</span>
      <span className="h-px flex-1 bg-waiting" aria-hidden="true" />
    </div>
  );
}
