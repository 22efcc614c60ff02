import { fromVisitor } from './handler.ts';

export const clientTyping = fromVisitor('clientTyping', 'typing', ({ sender, payload, context }) =>
  context.delivery.toOperators(sender.address, 'clientTyping', { from: sender.address, isTyping: payload.isTyping }),
);
