export * from './body.ts';
export type { ChangeKind } from './changes.ts';
export * from './claims.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './http/index.ts';
export * from './limits.ts';
export { parse } from './parse.ts';
export { isVisible } from './visible.ts';
