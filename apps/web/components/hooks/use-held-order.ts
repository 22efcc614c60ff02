import type { ConversationSummary } from '@switchboard/client';
import { useState } from 'react';

type Rows = readonly ConversationSummary[];
type SummaryOf = (clientId: number) => ConversationSummary | undefined;

interface HeldOrder {
  /** The rows in the order shown. */
  readonly rows: Rows;
  /** How many rows have arrived or moved up above the shown ones. */
  readonly news: number;
}

/**
 * Keeps the order of rows from `setHolding(true)` to `setHolding(false)`, so that nothing moves under a pointer or away from the focus. The rows' content is
 * always current (by `summaryOf` for those that have left the list); new rows at the end are appended, and others are counted. Another `key` means another
 * list.
 */
export function useHeldOrder(
  conversations: Rows,
  summaryOf: SummaryOf,
  key: string,
): HeldOrder & { readonly setHolding: (holding: boolean) => void } {
  const [kept, setKept] = useState<{ readonly key: string; readonly rows: Rows } | null>(null);
  const held = kept?.key === key ? kept.rows : null;
  const order = held === null ? { rows: conversations, news: 0 } : hold(held, conversations, summaryOf);
  if (held !== null && order.rows.length > held.length) setKept({ key, rows: [...held, ...order.rows.slice(held.length)] });
  const setHolding = (holding: boolean) => {
    if (!holding) setKept(null);
    else if (held === null) setKept({ key, rows: order.rows });
  };
  return { ...order, setHolding };
}

/** `held`: the rows when holding began; `rows`: the current ones. */
export function hold(held: Rows, rows: Rows, summaryOf: SummaryOf): HeldOrder {
  const now = new Map(rows.map((row) => [row.clientId, row]));
  const before = new Map(held.map(({ clientId, lastActivityAt }, place) => [clientId, { place, lastActivityAt }]));
  const stay = held.map((row) => now.get(row.clientId) ?? summaryOf(row.clientId) ?? row);
  // Rows below all shown rows can be appended without moving any.
  let end = rows.length;
  while (end > 0 && !before.has(rows[end - 1]?.clientId ?? 0)) end -= 1;
  const news = rows.slice(0, end).filter(({ clientId, lastActivityAt }, index) => {
    const was = before.get(clientId);
    return was === undefined || (index < was.place && lastActivityAt > was.lastActivityAt);
  });
  return { rows: [...stay, ...rows.slice(end)], news: news.length };
}
