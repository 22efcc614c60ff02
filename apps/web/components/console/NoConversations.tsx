import { useState } from 'react';
import { useTranslations } from 'use-intl';

import { Button } from '../ui/Button.tsx';

/** The list before the first visitor: explains what appears here, and how. */
export function NoConversations() {
  const t = useTranslations('inbox.emptyOpen');
  const snippet = `<script async src="${window.location.origin}/widget.js"></script>`;
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = () => {
    const refused = () => setCopied('refused');
    // Without TLS, browsers offer no clipboard.
    if (navigator.clipboard === undefined) refused();
    else navigator.clipboard.writeText(snippet).then(() => setCopied('yes'), refused);
  };
  return (
    <div className="fade-in flex flex-col gap-3 px-4.5 pt-2">
      <p className="text-13 font-medium">{t('title')}</p>
      <p className="text-13 text-ink-soft">{t('text')}</p>
      <code className="select-all rounded-md bg-sunken p-2.5 font-mono text-12 [overflow-wrap:anywhere]">{snippet}</code>
      <div className="flex items-center gap-2">
        <Button onClick={copy}>{t('copy')}</Button>
        <output className="text-12 text-ink-soft">{copied === 'yes' ? t('copied') : copied === 'refused' ? t('refused') : ''}</output>
      </div>
    </div>
  );
}
