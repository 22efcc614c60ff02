import { Dialog } from '@base-ui/react/dialog';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';

import { CloseButton } from '../ui/Button.tsx';

/** How large, from "as it fits" on. */
const ZOOMS = [1, 1.5, 2, 3, 4] as const;

export interface Picture {
  readonly url: string;
  readonly name: string;
}

interface PictureWindowProps {
  /** Undefined: the window is closed. */
  readonly picture: Picture | undefined;
  readonly previous: Picture | undefined;
  readonly next: Picture | undefined;
  readonly onShow: (picture: Picture) => void;
  readonly onClose: () => void;
}

/** One picture over the whole page, with the ways to the one before and the one after it. */
export function PictureWindow({ picture, ...props }: PictureWindowProps) {
  return (
    <Dialog.Root open={picture !== undefined} onOpenChange={(next) => (next ? undefined : props.onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-[oklch(0_0_0/0.8)] transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        {picture === undefined ? null : <Viewer picture={picture} {...props} />}
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Viewer({ picture, previous, next, onShow, onClose }: PictureWindowProps & { readonly picture: Picture }) {
  const t = useTranslations('viewer');
  const image = useRef<HTMLImageElement>(null);
  /** Which step of `ZOOMS` which picture has, and how wide it is when it fits. Another one begins as it fits. */
  const [zoom, setZoom] = useState({ url: '', step: 0, fits: 0 });
  const step = zoom.url === picture.url ? zoom.step : 0;
  const zoomBy = (steps: number) =>
    setZoom({
      url: picture.url,
      step: Math.min(Math.max(step + steps, 0), ZOOMS.length - 1),
      fits: step === 0 ? (image.current?.getBoundingClientRect().width ?? 0) : zoom.fits,
    });
  const large = step > 0;
  const show = (other: Picture | undefined) => (other === undefined ? undefined : onShow(other));
  const press = (event: KeyboardEvent) => {
    const rightwards = getComputedStyle(event.currentTarget).direction === 'rtl' ? previous : next;
    const acts: Readonly<Record<string, () => void>> = {
      '+': () => zoomBy(1),
      '=': () => zoomBy(1),
      '-': () => zoomBy(-1),
      '0': () => zoomBy(-ZOOMS.length),
      // A large picture is moved by the arrows.
      ...(large ? {} : { ArrowRight: () => show(rightwards), ArrowLeft: () => show(rightwards === next ? previous : next) }),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || acts[event.key] === undefined) return;
    event.preventDefault();
    acts[event.key]?.();
  };
  return (
    <Dialog.Popup onKeyDown={press} className="fixed inset-0 z-20 flex flex-col outline-none [padding-bottom:env(safe-area-inset-bottom)]">
      <header className="border-line flex h-12 shrink-0 items-center gap-1 border-b bg-surface pe-2 ps-4 touch:h-14">
        <Dialog.Title className="min-w-0 flex-1 truncate text-13 font-medium">
          <bdi translate="no">{picture.name}</bdi>
        </Dialog.Title>
        {previous === undefined && next === undefined ? null : (
          <>
            <Tool label={t('previous')} disabled={previous === undefined} onClick={() => show(previous)}>
              <span className="rtl:-scale-x-100">{'←'}</span>
            </Tool>
            <Tool label={t('next')} disabled={next === undefined} onClick={() => show(next)}>
              <span className="rtl:-scale-x-100">{'→'}</span>
            </Tool>
          </>
        )}
        <Tool label={t('zoomOut')} disabled={!large} onClick={() => zoomBy(-1)}>
          {'−'}
        </Tool>
        <Tool label={t('zoomIn')} disabled={step === ZOOMS.length - 1} onClick={() => zoomBy(1)}>
          {'+'}
        </Tool>
        <a
          href={picture.url}
          download={picture.name}
          className="inline-flex h-8 items-center rounded-md px-2 text-13 font-medium text-accent-ink hover:bg-sunken touch:h-11"
        >
          {t('download')}
        </a>
        <Dialog.Close render={<CloseButton />} />
      </header>
      {/* A press beside the picture closes, as Esc and the button do. */}
      <div
        role="presentation"
        className="flex min-h-0 flex-1 overflow-auto p-4"
        onClick={(event) => (event.target === event.currentTarget ? onClose() : undefined)}
      >
        <img
          key={picture.url}
          ref={image}
          src={picture.url}
          alt={picture.name}
          style={large ? { width: zoom.fits * (ZOOMS[step] ?? 1) } : undefined}
          className={`m-auto rounded-md bg-surface ${large ? 'max-w-none' : 'max-h-full max-w-full object-contain'}`}
        />
      </div>
    </Dialog.Popup>
  );
}

interface ToolProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** It can be out of use while the focus is on it, and stays focusable. */
function Tool({ label, disabled, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-disabled={disabled}
      onClick={disabled ? undefined : onClick}
      className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-16 text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-disabled:text-ink-faint touch:size-11"
    >
      {children}
    </button>
  );
}
