import { Tooltip as Base } from '@base-ui/react/tooltip';
import { useMemo } from 'react';

export interface TooltipBubbleProps {
  readonly open: boolean;
  /** The element whose first child is the control. The control itself may be replaced by another element at any time. */
  readonly place: Element;
  readonly label: string;
  readonly keys?: readonly string[];
}

/** The bubble of a tooltip. */
export function TooltipBubble({ open, place, label, keys }: TooltipBubbleProps) {
  const anchor = useMemo(
    () => ({ contextElement: place, getBoundingClientRect: () => (place.firstElementChild ?? place).getBoundingClientRect() }),
    [place],
  );
  return (
    <Base.Root open={open}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={6} className="z-30">
          <Base.Popup className="overlay-motion flex items-center gap-2 rounded-md bg-ink px-2 py-1 text-12 font-medium text-surface">
            {label}
            {keys === undefined ? null : <span className="font-normal opacity-80">{keys.join(' ')}</span>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
