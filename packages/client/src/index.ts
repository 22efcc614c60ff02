export type * from './model/types.ts';
export { messageId, type MessageRef } from './model/message-id.ts';
export { isProblemKey, ProblemError, problemOf, tooLarge, type Problem, type ProblemKey } from './model/problem.ts';
export { createEmitter } from './platform/emitter.ts';
export { browserEffects } from './platform/effects.ts';
export type { Channel, Effects, Page } from './platform/effects.ts';
export { createOperatorChat } from './operator/operator-chat.ts';
export { createVisitorChat } from './visitor/visitor-chat.ts';
