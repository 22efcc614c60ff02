export { type Person, revokedHint } from './revoked-hint.ts';
export { type HintSender, MAX_HINTS, postHints, type RelayAnswer, reasonOf } from './post-hints.ts';
