import { fromOperator } from './handler.ts';
import { requireSight } from './require-sight.ts';

export const operatorTyping = fromOperator('operatorTyping', 'typing', ({ sender, payload, context }) => {
  requireSight(context, payload.to, sender);
  return context.delivery.toVisitor(payload.to, 'operatorTyping', { isTyping: payload.isTyping, operatorName: sender.name });
});
