/**
 * The parts of a conversation that can change, and that an operator's page must fetch again after a change: its messages, whether it is ended, whether its
 * visitor is blocked, whether it is marked as done, and the page that the visitor is on. A hint names them (`what`); receivers ignore unknown ones.
 */
export type ChangeKind = 'messages' | 'ended' | 'blocked' | 'done' | 'page';
