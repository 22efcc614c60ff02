import type { TimelineImage } from '@switchboard/client';
import { externalHost, safeImageUrl, shownSize } from '@switchboard/presentation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';

import { useOpenPicture } from './PictureViewer.tsx';

/** A picture in the log at its ratio, with its space reserved; a press opens it large. */
export function MessageImage({ image, progress }: { readonly image: TimelineImage; readonly progress: number | null }) {
  const t = useTranslations('message');
  const { width, height, fit } = shownSize(image.width, image.height);
  const [brokenUrl, setBrokenUrl] = useState<string>();
  const name = image.name ?? t('picture');
  const open = useOpenPicture();
  const url = safeImageUrl(image.url);
  const elsewhere = url === undefined ? undefined : externalHost(url, window.location.origin);
  if (url !== undefined && elsewhere !== undefined) return <PictureElsewhere url={url} name={image.name} host={elsewhere} />;
  if (url === undefined || brokenUrl === url) return <p className="px-3 py-2 text-ink-soft">{t('cantBeShown', { name })}</p>;
  return (
    <button
      type="button"
      aria-label={t('open', { name })}
      onClick={() => open(url)}
      className="relative block max-w-full overflow-hidden rounded-[inherit]"
    >
      <img
        src={url}
        alt={name}
        width={width}
        height={height}
        style={{ aspectRatio: `${width} / ${height}`, objectFit: fit }}
        decoding="async"
        onError={() => setBrokenUrl(url)}
        className="block h-auto max-w-full bg-sunken"
      />
      {progress === null ? null : <Progress value={progress} />}
    </button>
  );
}

/** A picture on another site is shown as a link and not loaded into this page. */
function PictureElsewhere({ url, name, host }: { readonly url: string; readonly name: string | null; readonly host: string }) {
  const t = useTranslations('message');
  return (
    <p className="flex flex-col px-3 py-2 [overflow-wrap:anywhere]">
      <a
        href={url}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="text-accent-ink underline decoration-1 underline-offset-2 hover:decoration-2"
      >
        <bdi>{name ?? t('picture')}</bdi>
      </a>
      <span className="text-12 text-ink-soft">{t('elsewhere', { host })}</span>
    </p>
  );
}

function Progress({ value }: { readonly value: number }) {
  const t = useTranslations('message');
  return (
    <progress
      aria-label={t('upload')}
      max={1}
      value={value}
      className="absolute inset-x-2 bottom-2 h-1 w-[calc(100%-1rem)] appearance-none overflow-hidden rounded-full bg-surface [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-surface [&::-webkit-progress-value]:bg-accent"
    />
  );
}
