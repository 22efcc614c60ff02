import type { TimelineMessage } from '@switchboard/client';
import { externalHost, safeImageUrl } from '@switchboard/presentation';
import { unreachable } from '@switchboard/protocol/body';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';

import type { Texts } from '../text/texts.ts';
import { deferredModule } from '../ui/deferred-module.ts';
import type { Picture } from './PictureWindow.tsx';

const usePictureWindow = deferredModule(async () => await import('./PictureWindow.tsx'));

const OpenPicture = createContext<(url: string) => void>(() => undefined);

/** Opens the picture with this address, among the others of its conversation. */
export function useOpenPicture(): (url: string) => void {
  return use(OpenPicture);
}

/** The pictures of the conversation that this page can show, oldest first. */
function picturesOf(messages: readonly TimelineMessage[], t: Texts<'message'>): readonly Picture[] {
  return messages.flatMap(({ body }) => {
    switch (body.type) {
      case 'text':
        return [];
      case 'image': {
        const url = safeImageUrl(body.image.url);
        return url === undefined || externalHost(url, window.location.origin) !== undefined
          ? []
          : [{ url, name: body.image.name ?? t('picture') }];
      }
      default:
        return unreachable(body);
    }
  });
}

/** Wraps a conversation's messages and shows their pictures large, one after the other. */
export function PictureViewer({ messages, children }: { readonly messages: readonly TimelineMessage[]; readonly children: ReactNode }) {
  const t = useTranslations('message');
  const [open, setOpen] = useState<string | null>(null);
  const pictures = useMemo(() => (open === null ? [] : picturesOf(messages, t)), [open, messages, t]);
  const at = pictures.findIndex(({ url }) => url === open);
  const loaded = usePictureWindow();
  return (
    <OpenPicture value={setOpen}>
      {children}
      {loaded === undefined ? null : (
        <loaded.PictureWindow
          picture={pictures[at]}
          previous={pictures[at - 1]}
          next={pictures[at + 1]}
          onShow={({ url }) => setOpen(url)}
          onClose={() => setOpen(null)}
        />
      )}
    </OpenPicture>
  );
}
