export type * from './model/types.ts';
export { browserEffects } from './platform/effects.ts';
export type { Channel, Effects, Page } from './platform/effects.ts';
export { createOperatorChat } from './operator/operator-chat.ts';
export { createVisitorChat } from './visitor/visitor-chat.ts';
