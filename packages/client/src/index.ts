export type * from './types.ts';
export { createOperatorChat } from './operator-chat.ts';
export { createVisitorChat } from './visitor-chat.ts';
