import { useState } from 'react';

import { deferredModule } from './deferred-module.ts';
import type { MenuButtonProps } from './MenuWindow.tsx';

const useMenuWindow = deferredModule(async () => await import('./MenuWindow.tsx'));

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
