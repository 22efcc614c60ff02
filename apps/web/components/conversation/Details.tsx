import type { ConversationSummary } from '@switchboard/client';
import type { ReactNode } from 'react';

import { useNow } from '../hooks/use-now.ts';
import { safeHref, times } from '@switchboard/client/view';

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-ink-faint">{label}</dt>
      <dd dir="auto" className="text-13 [overflow-wrap:anywhere]">
        {children}
      </dd>
    </div>
  );
}

function Link({ value }: { readonly value: string }) {
  const href = safeHref(value);
  if (href === undefined) return value;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent-ink underline decoration-1 underline-offset-2">
      {value}
    </a>
  );
}

/** What is known about the visitor. */
export function Details({ summary }: { readonly summary: ConversationSummary }) {
  const now = useNow();
  const { phone, email, pageUrl, startedAt, endedAt } = summary;
  return (
    <dl className="flex flex-col gap-4">
      <Row label="Phone">{phone ?? <span className="text-ink-faint">Not given</span>}</Row>
      <Row label="E-mail">{email === null ? <span className="text-ink-faint">Not given</span> : <Link value={email} />}</Row>
      <Row label="Page">{pageUrl === null ? <span className="text-ink-faint">Unknown</span> : <Link value={pageUrl} />}</Row>
      <Row label="Started">
        <time dateTime={startedAt} title={times.full(startedAt)} className="tabular-nums">
          {times.day(startedAt, now)}, {times.clock(startedAt)}
        </time>
      </Row>
      {endedAt === null ? null : (
        <Row label="Ended">
          <time dateTime={endedAt} title={times.full(endedAt)} className="tabular-nums">
            {times.day(endedAt, now)}, {times.clock(endedAt)}
          </time>
        </Row>
      )}
    </dl>
  );
}
