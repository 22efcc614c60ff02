import { useState } from 'react';

import { Button } from '../ui/Button.tsx';

/** The list before the first visitor: what will be here, and how to get there. */
export function NoConversations() {
  const snippet = `<script async src="${window.location.origin}/widget.js"></script>`;
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = () => {
    const refused = () => setCopied('refused');
    // Without TLS browsers keep the clipboard away.
    if (navigator.clipboard === undefined) refused();
    else navigator.clipboard.writeText(snippet).then(() => setCopied('yes'), refused);
  };
  return (
    <div className="fade-in flex flex-col gap-3 px-4.5 pt-2">
      <p className="text-13 font-medium">No conversations yet</p>
      <p className="text-13 text-ink-soft">When a visitor writes, the conversation appears here. Put this line on your site to let them:</p>
      <code className="select-all rounded-md bg-sunken p-2.5 font-mono text-12 [overflow-wrap:anywhere]">{snippet}</code>
      <div className="flex items-center gap-2">
        <Button onClick={copy}>Copy</Button>
        <output className="text-12 text-ink-soft">
          {copied === 'yes' ? 'Copied' : copied === 'refused' ? 'Select the line and copy it yourself.' : ''}
        </output>
      </div>
    </div>
  );
}
