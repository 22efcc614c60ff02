import { useTranslations } from 'use-intl';

import { KeyboardIcon, SignOutIcon } from '../ui/icons.tsx';
import { MenuButton } from '../ui/MenuButton.tsx';
import type { ConsoleOperator } from './operator.ts';

interface AccountProps {
  readonly operator: ConsoleOperator;
  readonly onShortcuts: () => void;
  readonly onSignOut: () => void;
}

/** The signed-in operator's menu. */
export function AccountMenu({ operator, onShortcuts, onSignOut }: AccountProps) {
  const t = useTranslations('account');
  const shortcuts = (
    <>
      <KeyboardIcon /> {t('shortcuts')} <kbd className="ms-auto font-sans text-12 text-ink-faint">{'?'}</kbd>
    </>
  );
  const signOut = (
    <>
      <SignOutIcon /> {t('signOut')}
    </>
  );
  return (
    <MenuButton
      label={t('menu', { name: operator.name })}
      face={<bdi translate="no">{operator.name}</bdi>}
      className="h-8 min-w-0 max-w-40 truncate rounded-md px-2 text-12 font-medium text-ink-soft transition-colors hover:bg-sunken hover:text-ink data-[popup-open]:bg-sunken touch:h-11"
      side="top"
      heading={
        <>
          <p dir="auto" translate="no" className="truncate text-13 font-medium">
            {operator.name}
          </p>
          <p translate="no" className="truncate text-12 text-ink-soft">
            {operator.email}
          </p>
        </>
      }
      items={[
        { key: 'shortcuts', onClick: onShortcuts, content: shortcuts },
        { key: 'sign-out', onClick: onSignOut, content: signOut },
      ]}
    />
  );
}
