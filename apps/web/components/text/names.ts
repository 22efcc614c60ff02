import { isVisible } from '@switchboard/protocol/visible';

import type { Texts } from './texts.ts';

/** What to call somebody: the name as given, or `Visitor 12` when it is nothing that can be seen. */
export function displayName(username: string, clientId: number, t: Texts<'visitor'>): string {
  return isVisible(username) ? username.trim() : t('unnamed', { id: clientId });
}

/** The accessible name of a row of the list: `Ana, 2 unread, waiting 51 min`, and just `Ana` when all is read and answered. */
export function rowName(name: string, unread: number, waited: string | null, t: Texts<'row'>): string {
  return [name, unread > 0 ? t('unread', { count: unread }) : null, waited === null ? null : t('waiting', { time: waited })]
    .filter((part) => part !== null)
    .join(', ');
}

/** Names in these scripts put the family first, are short, and are not called by half. */
const UNDIVIDED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s・ー]+$/u;

/** What to call somebody where there is little room: the first word of a name, the given name of `Silva, Ana`, and all of `山田 太郎`. */
export function firstName(name: string): string {
  const whole = name.trim();
  if (UNDIVIDED.test(whole)) return whole;
  const [first = whole, second] = whole.split(/\s+/u);
  return first.endsWith(',') ? (second ?? first.slice(0, -1)) : first;
}
