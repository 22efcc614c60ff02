import type { MessageBody } from '@switchboard/protocol/body';
import { memo } from 'react';

import { type TextBlock, blocksOf } from '@switchboard/presentation';

/** A message's text as typed, with safe links, code in a fixed-width font, and large emoji if there is nothing else. */
export const MessageText = memo(function MessageText({ body }: { readonly body: MessageBody<unknown> }) {
  const blocks = blocksOf(body);
  return (
    <p dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
      {blocks.map((block, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a message's blocks never change
        <Block key={index} block={block} alone={blocks.length === 1} />
      ))}
    </p>
  );
});

function Block({ block: { kind, parts }, alone }: { readonly block: TextBlock; readonly alone: boolean }) {
  const pieces = <Parts parts={parts} />;
  if (kind === 'code')
    return (
      <code dir="ltr" translate="no" className="block py-0.5 font-mono text-[0.93em]">
        {pieces}
      </code>
    );
  if (kind === 'emoji') return <span className="block text-[28px] leading-9">{pieces}</span>;
  return alone ? (
    pieces
  ) : (
    <span dir="auto" className="block min-h-[1lh]">
      {pieces}
    </span>
  );
}

function Parts({ parts }: Pick<TextBlock, 'parts'>) {
  let at = 0;
  return parts.map((part) => {
    const key = at;
    at += part.text.length;
    // Separate elements: React cannot replace or remove bare text nodes that a browser's translator has changed.
    if (part.href === undefined) return <span key={key}>{part.text}</span>;
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
  });
}
