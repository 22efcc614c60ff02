export type * from './types.ts';
export { browserEffects } from './effects.ts';
export type { Channel, Effects, Page } from './effects.ts';
export { createOperatorChat } from './operator-chat.ts';
export { createVisitorChat } from './visitor-chat.ts';
