import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { changeSettingsRequest, isSettingKey, parse, SETTING_KEYS, SETTINGS, type Setting, type SettingKey } from './index.ts';

describe('the registry of settings', () => {
  it.each(SETTING_KEYS)('accepts the default of %s, and never null', (key) => {
    const { schema, default: fallback } = SETTINGS[key];
    expect(schema.parse(fallback)).toEqual(fallback);
    expect(schema.safeParse(null).success).toBe(false);
  });

  it.each(SETTING_KEYS)('changes no value of %s that it has accepted', (key) => {
    const { schema } = SETTINGS[key];
    const accepted = ['#FFF', ' Lamps ', true, ['https://shop.example']]
      .map((value) => schema.safeParse(value))
      .filter(({ success }) => success);
    expect(accepted.length).toBeGreaterThan(0);
    expect(accepted.map(({ data }) => schema.parse(data))).toEqual(accepted.map(({ data }) => data));
  });

  it.each([
    ['installation.name', ' Lumen & Sons ', 'Lumen & Sons'],
    ['installation.name', ' \u200B ', undefined],
    ['installation.name', 'x'.repeat(81), undefined],
    ['widget.color', '#C04', '#cc0044'],
    ['widget.color', 'red', undefined],
    ['widget.color', '#fff;}body{display:none', undefined],
    ['widget.title', '', ''],
    ['widget.greeting', 'a\u0000b', undefined],
    ['widget.sound', 'on', undefined],
    ['widget.sites', ['https://shop.example', 'http://localhost:8080'], ['https://shop.example', 'http://localhost:8080']],
    ['widget.sites', ['https://*.shop.example'], ['https://*.shop.example']],
    ['widget.sites', ['https://shop.example/'], undefined],
    ['widget.sites', ['shop.example'], undefined],
    ['widget.sites', ['*'], undefined],
    ['widget.sites', ["'unsafe-inline'"], undefined],
    ['widget.sites', ['https://a;script-src'], undefined],
    ['widget.sites', ['https://a,b'], undefined],
    ['widget.sites', 'https://shop.example', undefined],
  ] as const)('takes for %s of %j: %j', (key, value, expected) => {
    expect(SETTINGS[key].schema.safeParse(value).data).toEqual(expected);
  });

  it('has no key that every object has', () => {
    expect(['toString', '__proto__', 'widget', 'widget.color'].filter(isSettingKey)).toEqual(['widget.color']);
  });
});

describe('a request to change settings', () => {
  const change = { key: 'widget.sound', value: false, expected: { version: 0 } };

  it.each([
    [{ changes: [] }],
    [{ changes: [change, change] }],
    [{ changes: [{ ...change, key: 'widget.unknown' }] }],
    [{ changes: [{ ...change, value: { a: 1 } }] }],
    [{ changes: [{ ...change, expected: undefined }] }],
    [{ changes: [{ ...change, expected: { version: -1 } }] }],
  ])('is refused as %j', (body) => {
    expect(() => parse(changeSettingsRequest, body)).toThrow(/changes/);
  });
});

// `tsc` is what fails when one of these compiles.
describe('what is missing does not compile', () => {
  const { schema, default: fallback, audience, text } = SETTINGS['widget.sound'];

  it('a schema, a default, an audience or a text', () => {
    // @ts-expect-error: no schema
    const one: Setting = { default: fallback, audience, text };
    // @ts-expect-error: no default
    const two: Setting = { schema, audience, text };
    // @ts-expect-error: no audience
    const three: Setting = { schema, default: fallback, text };
    // @ts-expect-error: no text
    const four: Setting = { schema, default: fallback, audience };
    // @ts-expect-error: the default is none that the schema accepts
    const five: Setting<typeof schema> = { schema, default: 'on', audience, text };
    // @ts-expect-error: no audience that there is
    const six: Setting = { schema, default: fallback, audience: 'everybody', text };
    // @ts-expect-error: values that no setting has
    const seven: Setting<z.ZodNumber> = { schema: z.number(), default: 7, audience, text };
    // @ts-expect-error: no such setting
    const key: SettingKey = 'widget.unknown';
    expect([one, two, three, four, five, six, seven, key]).toHaveLength(8);
  });
});
