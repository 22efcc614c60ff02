import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';

import type { ComposerActions } from '../conversation/Composer.tsx';

const LOOK =
  'sr-only focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-30 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2 focus:text-13 focus:font-medium focus:text-accent-ink focus:shadow-overlay';

/** The first stops of Tab: links past the list, to the conversation and the message field. */
export function SkipLinks({ composer }: { readonly composer: RefObject<ComposerActions | null> }) {
  const t = useTranslations('inbox');
  return (
    <>
      <a
        href="#conversation"
        className={LOOK}
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('#conversation')?.focus();
        }}
      >
        {t('toConversation')}
      </a>
      <a
        href="#message"
        // There is no message field while the visitor is blocked.
        className={`${LOOK} [html:not(:has(#message))_&]:hidden`}
        onClick={(event) => {
          event.preventDefault();
          composer.current?.focus();
        }}
      >
        {t('toMessage')}
      </a>
    </>
  );
}
