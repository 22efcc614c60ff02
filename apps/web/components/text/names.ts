import { isVisible } from '@switchboard/protocol/visible';

/** What to call somebody: the name as given, or `Visitor 12` when it is nothing that can be seen. */
export function displayName(username: string, clientId: number): string {
  return isVisible(username) ? username.trim() : `Visitor ${clientId}`;
}

/** The accessible name of a row of the list: `Ana, 2 unread`, and just `Ana` when all is read. */
export function rowName(name: string, unread: number): string {
  return unread > 0 ? `${name}, ${unread} unread` : name;
}

/** The first word of a name, for places with little room. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

/** A count as a badge shows it. */
export function badgeCount(count: number): string {
  return count > 99 ? '99+' : String(count);
}
