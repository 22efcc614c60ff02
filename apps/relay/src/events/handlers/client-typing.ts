import { fromVisitor } from './handler.ts';

export const clientTyping = fromVisitor('clientTyping', 'typing', ({ sender, payload, context }) =>
  context.delivery.toOperators('clientTyping', { from: sender.address, isTyping: payload.isTyping }),
);
