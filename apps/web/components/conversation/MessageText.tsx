import type { TimelineMessage } from '@switchboard/client';
import { memo } from 'react';

import { partsOf } from '@switchboard/client/view';

/** A message's text as it was typed, with links that are safe to follow. */
export const MessageText = memo(function MessageText({ message }: { readonly message: TimelineMessage }) {
  const parts = partsOf(message);
  let at = 0;
  return (
    <p dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
      {parts.map((part) => {
        const key = at;
        at += part.text.length;
        if (part.href === undefined) return part.text;
        return (
          <a
            key={key}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="text-accent-ink underline decoration-1 underline-offset-2 hover:decoration-2"
          >
            {part.text}
          </a>
        );
      })}
    </p>
  );
});
