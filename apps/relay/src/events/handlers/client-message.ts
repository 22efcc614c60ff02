import { fromVisitor } from './handler.ts';
import { keyOf } from './message-key.ts';

export const clientMessage = fromVisitor('clientMessage', 'message', ({ sender, payload, timestamp, context }) => {
  const { type, message, image, name, mimeType, size } = payload;
  return context.delivery.toOperators(sender.address, 'incomingMessage', {
    from: sender.address,
    type,
    message,
    image,
    name,
    mimeType,
    size,
    timestamp,
    ...keyOf(payload),
  });
});
