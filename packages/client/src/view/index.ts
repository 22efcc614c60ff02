export { arrangeMessages, lastOwnKey, sameGroup, type LogItem, type MessageGroup } from './arrange-messages.ts';
export { messageId, type MessageRef } from '../message-id.ts';
export { playChime } from './chime.ts';
export { shownSize } from './image-size.ts';
export { linkParts, partsOf, safeHref, type TextPart } from './links.ts';
export { safePicture } from './pictures.ts';
export { plainReason } from './plain-reason.ts';
export { createTimes, times, type Times } from './times.ts';
