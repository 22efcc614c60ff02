/**
 * What of a conversation has changed, and with it what an operator's page may show wrongly until it fetches again: its messages, whether it is ended, whether
 * its visitor is blocked, whether it is marked as done, or the page that the visitor is on.
 */
export type ChangeKind = 'messages' | 'ended' | 'blocked' | 'done' | 'page';
