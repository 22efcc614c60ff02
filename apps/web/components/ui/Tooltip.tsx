import type { ReactElement } from 'react';

import { deferredModule } from './deferred-module.ts';
import { useHoverIntent } from './use-hover-intent.ts';

const useTooltipBubble = deferredModule(async () => await import('./TooltipBubble.tsx'));

interface TooltipProps {
  readonly label: string;
  readonly keys?: readonly string[];
  /** A control with a name of its own: touch never shows a tooltip. */
  readonly children: ReactElement;
}

/** Says what a control does, and its shortcut. */
export function Tooltip({ label, keys, children }: TooltipProps) {
  const loaded = useTooltipBubble();
  const { isOpen, place, listeners } = useHoverIntent();
  return (
    <span className="contents" {...listeners}>
      {children}
      {loaded === undefined || place === null ? null : (
        <loaded.TooltipBubble open={isOpen} place={place} label={label} {...(keys === undefined ? {} : { keys })} />
      )}
    </span>
  );
}
