import { useState, type ReactNode } from 'react';

import { deferredModule } from './deferred-module.ts';

const useMenuWindow = deferredModule(async () => await import('./MenuWindow.tsx'));

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

/** A button that opens a menu. Pressed before the menu's code is loaded, it opens the menu as soon as it is. */
export function MenuButton(props: MenuButtonProps) {
  const loaded = useMenuWindow();
  const [isPressed, setPressed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  if (loaded !== undefined) return <loaded.MenuWindow {...props} before={{ isPressed, isFocused }} />;
  const { label, face, className } = props;
  return (
    <div className="min-w-0">
      <button
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded="false"
        className={className}
        onClick={() => setPressed(true)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        {face}
      </button>
    </div>
  );
}
