import { fromAnyone } from './handler.ts';

export const check = fromAnyone('check', 'lifecycle', () => 0);
