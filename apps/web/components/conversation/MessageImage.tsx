import { Dialog } from '@base-ui/react/dialog';
import type { TimelineImage } from '@switchboard/client';
import { useState } from 'react';

import { CloseButton } from '../ui/Button.tsx';
import { safePicture, shownSize } from '@switchboard/client/view';

/** A picture in the log at its ratio, its space reserved; a press opens it large. */
export function MessageImage({ image, progress }: { readonly image: TimelineImage; readonly progress: number | null }) {
  const { width, height } = shownSize(image.width, image.height);
  const [brokenUrl, setBrokenUrl] = useState<string>();
  const name = image.name ?? 'Picture';
  const url = safePicture(image.url);
  if (url === undefined || brokenUrl === url) return <p className="px-3 py-2 text-ink-soft">{name} can’t be shown.</p>;
  return (
    <Dialog.Root>
      <Dialog.Trigger aria-label={`Open ${name}`} className="relative block max-w-full overflow-hidden rounded-[inherit]">
        <img
          src={url}
          alt={name}
          width={width}
          height={height}
          style={{ aspectRatio: `${width} / ${height}` }}
          decoding="async"
          onError={() => setBrokenUrl(url)}
          className="block h-auto max-w-full bg-sunken object-contain"
        />
        {progress === null ? null : <Progress value={progress} />}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-scrim transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup className="overlay-motion fixed inset-0 z-20 flex flex-col outline-none [padding-bottom:env(safe-area-inset-bottom)]">
          <header className="border-b border-line flex h-12 shrink-0 items-center justify-between gap-4 bg-surface pe-2 ps-4 touch:h-14">
            <Dialog.Title dir="auto" className="truncate text-13 font-medium">
              {name}
            </Dialog.Title>
            <Dialog.Close render={<CloseButton />} />
          </header>
          <Dialog.Close
            render={<div />}
            nativeButton={false}
            tabIndex={-1}
            aria-hidden="true"
            className="flex min-h-0 flex-1 items-center justify-center p-4"
          >
            <img src={url} alt="" className="max-h-full max-w-full rounded-md bg-surface object-contain" />
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Progress({ value }: { readonly value: number }) {
  return (
    <progress
      aria-label="Upload"
      max={1}
      value={value}
      className="absolute inset-x-2 bottom-2 h-1 w-[calc(100%-1rem)] appearance-none overflow-hidden rounded-full bg-surface [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-surface [&::-webkit-progress-value]:bg-accent"
    />
  );
}
