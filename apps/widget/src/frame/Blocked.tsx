import { useTexts } from './texts.ts';

/** Where a visitor would write that the team has blocked; `alone` where there is nothing else to show. It goes away by itself when that is taken back. */
export function Blocked({ alone = false }: { readonly alone?: boolean }) {
  const t = useTexts();
  return (
    <output class={alone ? 'blocked alone' : 'blocked'}>
      <p>{t('blocked')}</p>
    </output>
  );
}
