import { useTranslations } from 'use-intl';

const MARK = (dot: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#007777"/><path d="M9 11.5h14M9 20.5h14" stroke="#fff" stroke-width="2.5" stroke-linecap="round" opacity=".45"/><circle cx="12" cy="11.5" r="3.25" fill="#fff"/><circle cx="20" cy="20.5" r="3.25" fill="#fff"/>${dot}</svg>`,
  )}`;
const ICON = MARK('');
const ICON_WITH_DOT = MARK('<circle cx="25" cy="7" r="7" fill="#f0b429"/>');

/**
 * The title of the browser's tab: the number of waiting visitors, `(3) Inbox`, and a dot on the icon. It never blinks.
 *
 * The only owner of the title: elements that React renders, with no title in the page's metadata. The framework would overwrite a title that an effect sets.
 */
export function ConsoleTitle({ waiting }: { readonly waiting: number }) {
  const t = useTranslations('inbox');
  return (
    <>
      <title>{waiting > 0 ? t('titleWaiting', { waiting }) : t('title')}</title>
      <link rel="icon" type="image/svg+xml" href={waiting > 0 ? ICON_WITH_DOT : ICON} />
    </>
  );
}
