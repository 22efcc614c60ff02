import { fromOperator } from './handler.ts';

export const operatorTyping = fromOperator('operatorTyping', 'typing', ({ sender, payload, context }) =>
  context.delivery.toVisitor(payload.to, 'operatorTyping', { isTyping: payload.isTyping, operatorName: sender.name }),
);
