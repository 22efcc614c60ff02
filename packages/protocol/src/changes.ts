/**
 * What of a conversation has changed, so that an operator's page may show it wrongly until it fetches again: its messages, whether it has ended, whether its
 * visitor is blocked, whether it is marked as done, or the page that the visitor is on. A hint names these kinds (`what`); a receiver ignores those that it does
 * not know.
 */
export type ChangeKind = 'messages' | 'ended' | 'blocked' | 'done' | 'page';
