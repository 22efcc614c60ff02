/**
 * The parts of a conversation that an operator's page must fetch again after a change: its messages, its activity (notes and events), or its state (everything
 * else that its row shows: ended, blocked, done, the page of the visit). A hint names them (`what`); receivers ignore unknown ones.
 */
export type ChangeKind = 'messages' | 'activity' | 'state';

/**
 * Whether the visitor is notified of a change, too. Activity is among operators: a visitor must not even learn when somebody wrote a note.
 *
 * @param what the kinds of the change; older servers do not name them
 */
export function concernsVisitor(what: readonly string[] | undefined): boolean {
  return what === undefined || what.length === 0 || what.some((kind) => kind !== 'activity');
}
