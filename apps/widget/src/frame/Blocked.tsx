import { useTexts } from './texts.ts';

/** The notice for a blocked visitor, in place of the composer; `alone` if there are no messages. It disappears when the visitor is unblocked. */
export function Blocked({ alone = false }: { readonly alone?: boolean }) {
  const t = useTexts();
  return (
    <output class={alone ? 'blocked alone' : 'blocked'}>
      <p>{t('blocked')}</p>
    </output>
  );
}
