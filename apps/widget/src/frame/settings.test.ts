import { beforeAll, describe, expect, it, vi } from 'vitest';

import { readFrameSettings } from './settings.ts';

const read = (given: unknown) => readFrameSettings(`#${encodeURIComponent(JSON.stringify(given))}`, '#0000cc');

describe('the settings from the loader', () => {
  beforeAll(() => void vi.stubGlobal('location', { origin: 'https://chat.example' }));

  it.each([
    ['https://shop.example', 'https://shop.example'],
    ['https://shop.example/path', 'https://shop.example'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['ionic://localhost', 'ionic://localhost'],
    // A page without an origin: messages can only be sent to the frame itself.
    ['null', 'https://chat.example'],
    ['*', 'https://chat.example'],
    ['', 'https://chat.example'],
    ['capacitor://localhost/ *', 'https://chat.example'],
    [7, 'https://chat.example'],
  ])('the origin %j is spoken to as %s', (origin, expected) => {
    expect(read({ origin }).origin).toBe(expected);
  });

  it('the key of the inbox is a text', () => {
    expect([read({ inbox: 'k3y' }).inbox, read({ inbox: '' }).inbox, read({ inbox: 7 }).inbox, read({}).inbox]).toEqual([
      'k3y',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['ar', 'ar'],
    ['pt-BR', 'pt-BR'],
    ['zh-Hant-TW', 'zh-Hant-TW'],
    ['en"><b>', undefined],
    ['', undefined],
    [{}, undefined],
    [undefined, undefined],
  ])('the language %j is read as %s', (locale, expected) => {
    expect(read({ locale }).locale).toBe(expected);
  });

  it.each([
    ['#c04', '#cc0044'],
    ['red', '#0000cc'],
    [undefined, '#0000cc'],
  ])('the color %j is read as %s, where the installation has #0000cc', (color, expected) => {
    expect(read({ color }).color).toBe(expected);
  });

  it('may be anything', () => {
    for (const hash of ['', '#', '#%', '#null', '#7', '#[]', '#{'])
      expect(readFrameSettings(hash, '#0000cc')).toMatchObject({ title: undefined, color: '#0000cc' });
  });
});
