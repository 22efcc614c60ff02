export { Link, type LinkOptions } from './link.ts';
