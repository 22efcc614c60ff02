import type { ConversationSummary } from '@switchboard/client';
import { safeHref } from '@switchboard/presentation';
import type { ReactNode } from 'react';
import { useLocale, useTranslations } from 'use-intl';

import { useNow } from '../hooks/use-now.ts';
import { useTimes } from '../hooks/use-times.ts';
import { browserOf, languageOf } from '../text/visitor.ts';
import { Presence, usePresence } from './Presence.tsx';

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

function Time({ at, short = false }: { readonly at: string; readonly short?: boolean }) {
  const t = useTranslations('details');
  const times = useTimes();
  const now = useNow();
  return (
    <time key={at} dateTime={at} title={times.full(at)} className="tabular-nums">
      {short ? times.short(at, now) : t('dayTime', { day: times.day(at, now), time: times.clock(at) })}
    </time>
  );
}

function Link({
  value,
  href = safeHref(value),
  text = value,
}: {
  readonly value: string;
  readonly href?: string | undefined;
  readonly text?: string;
}) {
  if (href === undefined) return <span translate="no">{text}</span>;
  return (
    <a
      key={href}
      href={href}
      translate="no"
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent-ink underline decoration-1 underline-offset-2"
    >
      {text}
    </a>
  );
}

/** A `tel:` link; undefined when the text has too few digits to be a number. */
function telHref(phone: string): string | undefined {
  const number = phone.replaceAll(/[^\d+]/g, '');
  return /^\+?\d{3,20}$/.test(number) ? `tel:${number}` : undefined;
}

/** An e-mail address or a telephone number as a link. */
export function Contact({ value }: { readonly value: string }) {
  return <Link value={value} href={value.includes('@') ? safeHref(value) : telHref(value)} />;
}

/** The known data about the visitor. */
export function Details({ summary }: { readonly summary: ConversationSummary }) {
  const t = useTranslations('details');
  const own = useLocale();
  const { phone, email, locale, userAgent, startedAt, endedAt, blockedAt, doneAt } = summary;
  const presence = usePresence(summary);
  const language = locale === null ? undefined : languageOf(locale, own);
  const browser = userAgent === null ? undefined : browserOf(userAgent, t);
  return (
    <dl className="flex flex-col gap-4">
      {presence === null ? null : (
        <Row label={t('now')}>
          <Presence text={presence} />
        </Row>
      )}
      {email === null ? null : (
        <Row label={t('email')}>
          <Contact value={email} />
        </Row>
      )}
      {phone === null ? null : (
        <Row label={t('phone')}>
          <Contact value={phone} />
        </Row>
      )}
      <Pages summary={summary} />
      {language === undefined ? null : <Row label={t('language')}>{language}</Row>}
      {browser === undefined ? null : (
        <Row label={t('browser')}>
          <span title={userAgent ?? undefined}>{browser}</span>
        </Row>
      )}
      <Row label={t('firstSeen')}>
        <Time at={startedAt} />
      </Row>
      {doneAt === null ? null : (
        <Row label={t('done')}>
          <Time at={doneAt} />
        </Row>
      )}
      {endedAt === null ? null : (
        <Row label={t('ended')}>
          <Time at={endedAt} />
        </Row>
      )}
      {blockedAt === null ? null : (
        <Row label={t('blocked')}>
          <Time at={blockedAt} />
        </Row>
      )}
    </dl>
  );
}

/** An address, without the host if it is the same as on the previous page. */
function within(url: string, host: string | undefined): string {
  if (!URL.canParse(url)) return url;
  const { host: own, pathname, search } = new URL(url);
  return own === host ? `${pathname}${search}` : url;
}

/** The visitor's current page with its time, and earlier pages; or where the chat was started, if no more is known. */
function Pages({ summary }: { readonly summary: ConversationSummary }) {
  const t = useTranslations('details');
  const times = useTimes();
  const { pageUrl, pageAt, pages } = summary;
  if (pageUrl === null) return null;
  const host = URL.canParse(pageUrl) ? new URL(pageUrl).host : undefined;
  // The newest entry is the current page; a reload adds the same page again.
  const before = pages.filter(({ url }, index) => url !== (index === 0 ? pageUrl : pages[index - 1]?.url));
  return (
    <>
      <Row label={t(pageAt === null ? 'startedOn' : 'page')}>
        <Link value={pageUrl} />
        {pageAt === null ? null : (
          <span className="block text-12 text-ink-faint">
            <span>{t('since')}</span>
            <Time at={pageAt} short />
          </span>
        )}
      </Row>
      {before.length === 0 ? null : (
        <Row label={t('pagesBefore')}>
          <ol className="flex flex-col gap-1">
            {before.map(({ url, at }) => (
              <li key={`${at} ${url}`} className="flex items-baseline justify-between gap-3">
                <span className="min-w-0">
                  <Link value={url} text={within(url, host)} />
                </span>
                <time dateTime={at} title={times.full(at)} className="shrink-0 text-12 tabular-nums text-ink-faint">
                  {times.clock(at)}
                </time>
              </li>
            ))}
          </ol>
        </Row>
      )}
    </>
  );
}
