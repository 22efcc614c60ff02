export { isRefusal, Link, type LinkOptions } from './link.ts';
