import type { MouseEvent } from 'react';
import { useTranslations } from 'use-intl';

import { addressOf, type View } from '../hooks/use-selection.ts';

const VIEWS = ['waiting', 'open', 'done'] as const satisfies readonly View[];

interface ViewsProps {
  readonly view: View;
  readonly clientId: number | null;
  /** The total number of waiting visitors. */
  readonly waiting: number;
  readonly onView: (view: View) => void;
}

/** A click that the browser should handle: a new tab, a new window. */
function isOwnClick({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

/** The views of the list. Keys 1 to 3. */
export function Views({ view, clientId, waiting, onView }: ViewsProps) {
  const t = useTranslations('inbox');
  return (
    <ul aria-label={t('views')} className="flex shrink-0 gap-1 px-2 pb-2">
      {VIEWS.map((name) => {
        const label = t(`view.${name}`);
        const count = name === 'waiting' ? waiting : 0;
        return (
          <li key={name}>
            <a
              href={typeof window === 'undefined' ? undefined : addressOf({ view: name, clientId })}
              aria-label={count > 0 ? t('viewCount', { view: label, count }) : label}
              aria-current={name === view ? 'page' : undefined}
              onClick={(event) => {
                if (!isOwnClick(event)) return;
                event.preventDefault();
                onView(name);
              }}
              className={`flex h-7 items-center gap-1.5 rounded-md px-2.5 text-13 font-medium transition-colors touch:h-11 ${
                name === view ? 'bg-selected text-ink' : 'text-ink-soft hover:bg-sunken hover:text-ink'
              }`}
            >
              <span>{label}</span>
              {count > 0 ? (
                <span key={count} className="tabular-nums text-waiting-ink">
                  {count}
                </span>
              ) : null}
            </a>
          </li>
        );
      })}
    </ul>
  );
}
