import { fromOperator } from './handler.ts';
import { keyOf } from './message-key.ts';
import { requireSight } from './require-sight.ts';

/** `delivered` counts the visitor's sockets only: it shows an operator whether the visitor is connected. */
export const operatorMessage = fromOperator('operatorMessage', 'message', ({ socket, sender, payload, timestamp, context }) => {
  const { to, type, message, image, name, mimeType } = payload;
  requireSight(context, to, sender);
  const content = { type, message, image, name, mimeType, timestamp, ...keyOf(payload) };
  const delivered = context.delivery.toVisitor(to, 'operatorMessage', { ...content, operatorName: sender.name });
  context.delivery.toOtherOperators(socket, to, 'operatorBroadcast', {
    ...content,
    clientId: to,
    operatorId: sender.id,
    operatorName: sender.name,
  });
  return delivered;
});
