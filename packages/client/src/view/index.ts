export { arrangeMessages, lastOwnKey, sameGroup, type LogItem, type MessageGroup } from './arrange-messages.ts';
export { messageId, type MessageRef } from '../message-id.ts';
export { playChime } from './chime.ts';
export { shownSize } from './image-size.ts';
export { linkParts, safeHref, type TextPart } from './links.ts';
export { hostElsewhere, safePicture } from './pictures.ts';
export { plainReason } from './plain-reason.ts';
export { blocksOf, textBlocks, type TextBlock } from './text-blocks.ts';
export { createTimes, locale, times, type Times } from './times.ts';
