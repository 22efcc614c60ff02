import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

/** Says what a control does, and its shortcut. `children` must have a name of its own: touch never sees a tooltip. */
export function Tooltip({
  label,
  keys,
  children,
}: {
  readonly label: string;
  readonly keys?: readonly string[];
  readonly children: ReactElement;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-30">
          <Base.Popup className="overlay-motion flex items-center gap-2 rounded-md bg-ink px-2 py-1 text-12 font-medium text-surface">
            {label}
            {keys === undefined ? null : <span className="font-normal opacity-80">{keys.join(' ')}</span>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export const TooltipProvider = Base.Provider;
