import { fromVisitor } from './handler.ts';

export const chatEnded = fromVisitor('chatEnded', 'lifecycle', ({ sender, context }) =>
  context.delivery.toOperators(sender.address, 'chatEnded', { clientId: sender.address }),
);
