import { Menu } from '@base-ui/react/menu';
import type { ReactNode } from 'react';

import { KeyboardIcon, SignOutIcon } from '../ui/icons.tsx';
import type { ConsoleOperator } from './operator.ts';

interface AccountProps {
  readonly operator: ConsoleOperator;
  readonly onShortcuts: () => void;
  readonly onSignOut: () => void;
}

function Item({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Menu.Item
      onClick={onClick}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 text-13 outline-none data-[highlighted]:bg-sunken touch:h-12 touch:text-14"
    >
      {children}
    </Menu.Item>
  );
}

/** Who is signed in here, and what they can do about it. */
export function AccountMenu({ operator, onShortcuts, onSignOut }: AccountProps) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Account: ${operator.name}`}
        className="h-8 min-w-0 max-w-40 truncate rounded-md px-2 text-12 font-medium text-ink-soft transition-colors hover:bg-sunken hover:text-ink data-[popup-open]:bg-sunken touch:h-11"
      >
        <bdi>{operator.name}</bdi>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="end" sideOffset={4} className="z-30">
          <Menu.Popup className="overlay-motion w-60 rounded-lg bg-surface p-1 shadow-overlay outline-none">
            <div className="px-2 pb-2 pt-1.5">
              <p dir="auto" className="truncate text-13 font-medium">
                {operator.name}
              </p>
              <p className="truncate text-12 text-ink-soft">{operator.email}</p>
            </div>
            <Menu.Separator className="-mx-1 mb-1 h-px bg-line" />
            <Item onClick={onShortcuts}>
              <KeyboardIcon /> Keyboard shortcuts <kbd className="ms-auto font-sans text-12 text-ink-faint">?</kbd>
            </Item>
            <Item onClick={onSignOut}>
              <SignOutIcon /> Sign out
            </Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
