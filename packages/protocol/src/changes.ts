/**
 * The parts of a conversation that an operator's page must fetch again after a change: its messages, or its state (everything else that its row shows: ended,
 * blocked, done, the page of the visit). A hint names them (`what`); receivers ignore unknown ones.
 */
export type ChangeKind = 'messages' | 'state';
