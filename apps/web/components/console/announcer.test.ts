import { expect, it } from 'vitest';

import { english } from '../../testing/english.ts';
import * as announcer from './Announcer.tsx';

const announcementOf = (heard: Parameters<typeof announcer.announcementOf>[0], waiting: number) =>
  announcer.announcementOf(heard, waiting, english('announcement'));
const from = (name: string, text = 'Hello') => ({ name, text });

it('an announcement has sender, text and number of waiting visitors', () => {
  expect(announcementOf([from('Ana', 'Is it in stock?')], 3)).toBe('New from Ana: Is it in stock?, 3 waiting');
  expect(announcementOf([from('Ana')], 0)).toBe('New from Ana: Hello');
});

it('messages that arrive together are announced together', () => {
  expect(announcementOf([from('Ana', 'One'), from('Ana', 'Two')], 1)).toBe('2 new from Ana: Two, 1 waiting');
  expect(announcementOf([from('Ana'), from('Ben'), from('Ana')], 2)).toBe('New from Ana and Ben, 2 waiting');
  expect(announcementOf([from('Ana'), from('Ben'), from('Cleo'), from('Dan')], 4)).toBe('New from Ana, Ben and 2 more, 4 waiting');
});

it('long messages are shortened', () => {
  expect(announcementOf([from('Ana', 'x'.repeat(9_000))], 0).length).toBeLessThan(200);
});
