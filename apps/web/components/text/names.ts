import { isVisible } from '@switchboard/protocol/visible';

import type { Texts } from './texts.ts';

/** A visitor's name as given, or `Visitor 12` when it has no visible characters. */
export function displayName(username: string, clientId: number, t: Texts<'visitor'>): string {
  return isVisible(username) ? username.trim() : t('unnamed', { id: clientId });
}

/** The accessible name of a row of the list: `Ana, 2 unread, waiting 51 min`, and just `Ana` when all is read and answered. */
export function rowName(name: string, unread: number, waited: string | null, t: Texts<'row'>): string {
  return [name, unread > 0 ? t('unread', { count: unread }) : null, waited === null ? null : t('waiting', { time: waited })]
    .filter((part) => part !== null)
    .join(', ');
}

/** Names in these scripts begin with the family name, are short, and are not shortened. */
const UNDIVIDED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s・ー]+$/u;

/** A short name: the first word, the given name of `Silva, Ana`, and all of `山田 太郎`. */
export function firstName(name: string): string {
  const whole = name.trim();
  if (UNDIVIDED.test(whole)) return whole;
  const [first = whole, second] = whole.split(/\s+/u);
  return first.endsWith(',') ? (second ?? first.slice(0, -1)) : first;
}
