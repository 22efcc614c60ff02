import { Menu } from '@base-ui/react/menu';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';

import { KeyboardIcon, SignOutIcon } from '../ui/icons.tsx';
import { MenuItem, MenuPopup } from '../ui/Menu.tsx';
import type { ConsoleOperator } from './operator.ts';

interface AccountProps {
  readonly operator: ConsoleOperator;
  readonly onShortcuts: () => void;
  readonly onSignOut: () => void;
}

/** Who is signed in here, and what they can do about it. */
export function AccountMenu({ operator, onShortcuts, onSignOut }: AccountProps) {
  const t = useTranslations('account');
  const place = useRef<HTMLDivElement>(null);
  return (
    <div ref={place} className="min-w-0">
      <Menu.Root>
        <Menu.Trigger
          aria-label={t('menu', { name: operator.name })}
          className="h-8 min-w-0 max-w-40 truncate rounded-md px-2 text-12 font-medium text-ink-soft transition-colors hover:bg-sunken hover:text-ink data-[popup-open]:bg-sunken touch:h-11"
        >
          <bdi translate="no">{operator.name}</bdi>
        </Menu.Trigger>
        <MenuPopup place={place} side="top">
          <div className="px-2 pb-2 pt-1.5">
            <p dir="auto" translate="no" className="truncate text-13 font-medium">
              {operator.name}
            </p>
            <p translate="no" className="truncate text-12 text-ink-soft">
              {operator.email}
            </p>
          </div>
          <Menu.Separator className="-mx-1 mb-1 h-px bg-line" />
          <MenuItem onClick={onShortcuts}>
            <KeyboardIcon /> {t('shortcuts')} <kbd className="ms-auto font-sans text-12 text-ink-faint">{'?'}</kbd>
          </MenuItem>
          <MenuItem onClick={onSignOut}>
            <SignOutIcon /> {t('signOut')}
          </MenuItem>
        </MenuPopup>
      </Menu.Root>
    </div>
  );
}
