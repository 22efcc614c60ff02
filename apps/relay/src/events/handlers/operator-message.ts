import { fromOperator } from './handler.ts';
import { keyOf } from './message-key.ts';

/** `delivered` counts the visitor's sockets only: it shows an operator whether the visitor is connected. */
export const operatorMessage = fromOperator('operatorMessage', 'message', ({ socket, sender, payload, timestamp, context }) => {
  const { to, type, message, image, name, mimeType } = payload;
  const content = { type, message, image, name, mimeType, timestamp, ...keyOf(payload) };
  const delivered = context.delivery.toVisitor(to, 'operatorMessage', { ...content, operatorName: sender.name });
  context.delivery.toOtherOperators(socket, 'operatorBroadcast', {
    ...content,
    clientId: to,
    operatorId: sender.id,
    operatorName: sender.name,
  });
  return delivered;
});
