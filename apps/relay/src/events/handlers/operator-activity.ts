import { fromOperator } from './handler.ts';
import { requireSight } from './require-sight.ts';

/** What an operator does in a conversation, for the other operators who may see it. When the connection ends, the relay says that they left (`sayLeft`). */
export const operatorActivity = fromOperator('operatorActivity', 'typing', ({ socket, sender, payload: { to, state }, context }) => {
  requireSight(context, to, sender);
  socket.data.activeIn = state === 'left' ? undefined : to;
  return context.delivery.toOtherOperators(socket, to, 'operatorActivity', {
    clientId: to,
    operatorId: sender.id,
    operatorName: sender.name,
    state,
  });
});
