import { isVisible } from '@switchboard/protocol/visible';

/** What to call somebody: the name as given, or `Visitor 12` when it is nothing that can be seen. */
export function displayName(username: string, clientId: number): string {
  return isVisible(username) ? username.trim() : `Visitor ${clientId}`;
}

/** The accessible name of a row of the list: `Ana, 2 unread, waiting 51 min`, and just `Ana` when all is read and answered. */
export function rowName(name: string, unread: number, waited: string | null): string {
  return [name, unread > 0 ? `${unread} unread` : null, waited === null ? null : `waiting ${waited}`]
    .filter((part) => part !== null)
    .join(', ');
}

/** The first word of a name, for places with little room. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}
