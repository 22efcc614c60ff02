import { useCallback, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';

import { Button } from '../ui/Button.tsx';

/** How long an action can be undone. */
const NOTICE_MS = 8_000;

/** An action that was just done, and how to undo it. */
export interface NoticeText {
  readonly text: string;
  readonly undo?: () => void;
}

/** Shows one notice at a time, for a while. */
export function useNotice() {
  const [notice, setNotice] = useState<NoticeText | null>(null);
  const clear = useCallback(() => setNotice(null), []);
  return { notice, say: setNotice, clear };
}

/** The notice, below the middle of the console. It stays while the pointer or the focus is on it. */
export function Notice({ notice, onGone }: { readonly notice: NoticeText | null; readonly onGone: () => void }) {
  const t = useTranslations('inbox');
  const [kept, setKept] = useState(false);
  useEffect(() => {
    if (notice === null || kept) return undefined;
    const timer = setTimeout(onGone, NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice, kept, onGone]);
  const undo = () => {
    setKept(false);
    onGone();
    notice?.undo?.();
  };
  return (
    <output className="pointer-events-none fixed inset-x-4 bottom-24 z-10 flex justify-center">
      {notice === null ? null : (
        <div
          key={notice.text}
          onPointerEnter={() => setKept(true)}
          onPointerLeave={() => setKept(false)}
          onFocus={() => setKept(true)}
          onBlur={() => setKept(false)}
          className="arrive pointer-events-auto flex min-h-10 max-w-full items-center gap-2 rounded-lg bg-ink py-1 pe-1.5 ps-3.5 text-13 text-surface shadow-overlay"
        >
          <span className="min-w-0 truncate py-1.5 pe-2">{notice.text}</span>
          {notice.undo === undefined ? null : (
            <Button className="!border-transparent !bg-transparent !text-surface underline underline-offset-2" onClick={undo}>
              {t('undo')}
            </Button>
          )}
        </div>
      )}
    </output>
  );
}
