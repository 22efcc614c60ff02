import { useTranslations } from 'use-intl';

import { Dialog } from '../ui/Dialog.tsx';

/** Each shortcut's action and keys: as printed on keyboards, or by their names in each language. */
const SHORTCUTS = [
  ['nextWaiting', ['N']],
  ['next', ['J', 'Alt ↓']],
  ['previous', ['K', 'Alt ↑']],
  ['reply', ['R']],
  ['send', [{ name: 'enter' }]],
  ['newLine', [{ name: 'shiftEnter' }]],
  ['done', ['E']],
  ['views', ['1', '2', '3']],
  ['attach', ['Alt A']],
  ['details', ['Alt D']],
  ['mute', ['Alt M']],
  ['find', [{ name: 'typeName' }]],
  ['back', [{ name: 'escape' }]],
  ['list', ['?']],
] as const;

interface ShortcutsProps {
  readonly open: boolean;
  readonly singleKeys: boolean;
  readonly onSingleKeys: (on: boolean) => void;
  readonly onClose: () => void;
}

/** All shortcuts, and the switch for single-letter ones (which speech input may trigger by accident). */
export function ShortcutsDialog({ open, singleKeys, onSingleKeys, onClose }: ShortcutsProps) {
  const t = useTranslations('shortcuts');
  return (
    <Dialog open={open} title={t('title')} onClose={onClose}>
      <dl className="flex flex-col">
        {SHORTCUTS.map(([action, keys]) => (
          <div key={action} className="flex min-h-8 items-center justify-between gap-4 text-13">
            <dt>{t(action)}</dt>
            <dd className="flex gap-1.5">
              {keys
                .map((key) => (typeof key === 'string' ? key : t(`keys.${key.name}`)))
                .map((key) => (
                  <kbd
                    key={key}
                    className="min-w-5 rounded border border-line bg-ground px-1.5 text-center font-sans text-12 text-ink-soft"
                  >
                    {key}
                  </kbd>
                ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="border-t border-line mt-3 flex items-center gap-2.5 pt-3 text-13">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => onSingleKeys(event.target.checked)}
          className="size-4 accent-[var(--accent)]"
        />
        {t('singleKeys')}
      </label>
    </Dialog>
  );
}
