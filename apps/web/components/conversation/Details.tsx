import type { ConversationSummary } from '@switchboard/client';
import { useRef, type ReactNode } from 'react';

import { useNow } from '../hooks/use-now.ts';
import { displayName } from '../text/names.ts';
import { BlockVisitor, type SetBlocked } from './Blocking.tsx';
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

function TimeRow({ label, at }: { readonly label: string; readonly at: string }) {
  const now = useNow();
  return (
    <Row label={label}>
      <time dateTime={at} title={times.full(at)} className="tabular-nums">
        {times.day(at, now)}, {times.clock(at)}
      </time>
    </Row>
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

/** What is known about the visitor, and what can be done about it. */
export function Details({ summary, setBlocked }: { readonly summary: ConversationSummary; readonly setBlocked: SetBlocked }) {
  const { blockedAt, clientId, username } = summary;
  const self = useRef<HTMLDivElement>(null);
  return (
    <div ref={self} tabIndex={-1} className="flex flex-col gap-5 outline-none">
      <Facts summary={summary} />
      {blockedAt === null ? (
        <BlockVisitor name={displayName(username, clientId)} setBlocked={setBlocked} onBlocked={() => self.current?.focus()} />
      ) : null}
    </div>
  );
}

function Facts({ summary }: { readonly summary: ConversationSummary }) {
  const { phone, email, pageUrl, startedAt, endedAt, blockedAt } = summary;
  return (
    <dl className="flex flex-col gap-4">
      <Row label="Phone">{phone ?? <span className="text-ink-faint">Not given</span>}</Row>
      <Row label="E-mail">{email === null ? <span className="text-ink-faint">Not given</span> : <Link value={email} />}</Row>
      <Row label="Page">{pageUrl === null ? <span className="text-ink-faint">Unknown</span> : <Link value={pageUrl} />}</Row>
      <TimeRow label="Started" at={startedAt} />
      {endedAt === null ? null : <TimeRow label="Ended" at={endedAt} />}
      {blockedAt === null ? null : <TimeRow label="Blocked" at={blockedAt} />}
    </dl>
  );
}
