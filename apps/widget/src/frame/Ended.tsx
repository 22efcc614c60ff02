import type { ComponentChildren } from 'preact';

import { useTexts } from './texts.ts';

/** The screen after the conversation has ended. */
export function Ended({ onAgain, children }: { readonly onAgain: () => void; readonly children: ComponentChildren }) {
  const t = useTexts();
  return (
    <section class="ended" aria-live="polite">
      <h2>{t('ended')}</h2>
      <p>{t('endedText')}</p>
      {children}
      <button type="button" class="primary" data-first-focus onClick={onAgain}>
        {t('startAgain')}
      </button>
    </section>
  );
}
