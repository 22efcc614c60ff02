import { Menu } from '@base-ui/react/menu';
import type { ReactNode, RefObject } from 'react';

interface PopupProps {
  /** Where it stands in the document: beside its button, so that it belongs to the same landmark. */
  readonly place: RefObject<HTMLElement | null>;
  readonly side: 'top' | 'bottom';
  readonly children: ReactNode;
}

/** What a menu's button opens. */
export function MenuPopup({ place, side, children }: PopupProps) {
  return (
    <Menu.Portal container={place}>
      <Menu.Positioner side={side} align="end" sideOffset={4} positionMethod="fixed" className="z-30">
        <Menu.Popup className="overlay-motion w-60 rounded-lg bg-surface p-1 text-start shadow-overlay outline-none">{children}</Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  );
}

export function MenuItem({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Menu.Item
      onClick={onClick}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 text-13 outline-none data-[highlighted]:bg-sunken touch:h-12 touch:text-14"
    >
      {children}
    </Menu.Item>
  );
}
