import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';

import { CloseButton } from './Button.tsx';

export interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  /** Undefined: it can't be closed, only acted on. */
  readonly onClose?: () => void;
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** Where the focus goes after it, when not back to where it was (`true`). */
  readonly finalFocus?: () => HTMLElement | true;
  readonly children: ReactNode;
}

/** A window over the console. Esc and a press outside close it, and the focus goes back to where it was. */
export function DialogWindow({ open, title, onClose, initialFocus, finalFocus, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose?.())} disablePointerDismissal={onClose === undefined}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-20 bg-scrim transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          {...(initialFocus === undefined ? {} : { initialFocus })}
          {...(finalFocus === undefined ? {} : { finalFocus })}
          className="overlay-motion fixed inset-x-4 top-[max(1rem,12dvh)] z-20 mx-auto flex max-h-[76dvh] max-w-[400px] flex-col rounded-xl bg-surface shadow-overlay outline-none"
        >
          <header className="flex h-12 shrink-0 items-center justify-between pe-2 ps-5 touch:h-14">
            <Base.Title className="text-14 font-semibold">{title}</Base.Title>
            {onClose === undefined ? null : <Base.Close render={<CloseButton />} />}
          </header>
          <div className="overflow-y-auto px-5 pb-5">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
