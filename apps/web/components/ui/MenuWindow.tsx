import { Menu } from '@base-ui/react/menu';
import { useEffect, useRef, type ReactNode } from 'react';

interface MenuItem {
  readonly key: string;
  readonly onClick: () => void;
  readonly content: ReactNode;
}

export interface MenuButtonProps {
  /** The name of the button. */
  readonly label: string;
  /** What the button shows. */
  readonly face: ReactNode;
  readonly className: string;
  /** The side of the button on which the menu opens. */
  readonly side: 'top' | 'bottom';
  readonly heading?: ReactNode;
  readonly items: readonly MenuItem[];
}

interface MenuWindowProps extends MenuButtonProps {
  /** Whether its button was pressed, and whether it had the focus, before this code was there. */
  readonly before: { readonly isPressed: boolean; readonly isFocused: boolean };
}

/** A menu with its button. */
export function MenuWindow({ label, face, className, side, heading, items, before }: MenuWindowProps) {
  // The popup stands beside its button in the document, so that it belongs to the same landmark.
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const pending = useRef<MenuWindowProps['before'] | null>(before);
  useEffect(() => {
    const { isPressed = false, isFocused = false } = pending.current ?? {};
    pending.current = null;
    if (isPressed || isFocused) button.current?.focus();
    // The press is repeated, because a menu that is only opened has no current item: Enter would do nothing.
    if (isPressed) button.current?.click();
  }, []);
  return (
    <div ref={place} className="min-w-0">
      <Menu.Root>
        <Menu.Trigger ref={button} aria-label={label} className={className}>
          {face}
        </Menu.Trigger>
        <Menu.Portal container={place}>
          <Menu.Positioner side={side} align="end" sideOffset={4} positionMethod="fixed" className="z-30">
            <Menu.Popup className="overlay-motion w-60 rounded-lg bg-surface p-1 text-start shadow-overlay outline-none">
              {heading === undefined ? null : (
                <>
                  <div className="px-2 pb-2 pt-1.5">{heading}</div>
                  <Menu.Separator className="-mx-1 mb-1 h-px bg-line" />
                </>
              )}
              {items.map(({ key, onClick, content }) => (
                <Menu.Item
                  key={key}
                  onClick={onClick}
                  className="flex h-8 items-center gap-2.5 rounded-md px-2 text-13 outline-none data-[highlighted]:bg-sunken touch:h-12 touch:text-14"
                >
                  {content}
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
}
