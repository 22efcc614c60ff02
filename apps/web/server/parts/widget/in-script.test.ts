import { runInNewContext } from 'node:vm';

import { expect, it } from 'vitest';

import { inScript } from './in-script.ts';
import { loaderScript } from './loader-script.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]>',
  '\u2028\u2029',
  '"\\\'`${alert(1)}',
  '&quot;&lt;',
  "$& $1 $' $$",
  '\uD800',
  '*/alert(1)/*',
];

it.each(HOSTILE)('%j can neither end an element or a string nor change on the way', (value) => {
  const json = inScript({ value });
  expect(json).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(json)).toEqual({ value });
});

it.each(HOSTILE)('the loader runs with the title %j, and reads it as it is', (title) => {
  const built = Buffer.from('const own=$SWITCHBOARD_SETTINGS;result=[own.color,$SWITCHBOARD_SETTINGS.title]');
  const { bytes } = loaderScript(built, { color: '#cc0044', title });
  // As a browser runs it. A lone surrogate is written as an escape, so it comes back as well.
  const context = { result: undefined };
  runInNewContext(bytes.toString('utf8'), context);
  expect(context.result).toEqual(['#cc0044', title]);
});

it('the loader has another ETag whenever its content differs, and the same while it does not', () => {
  const built = Buffer.from('f($SWITCHBOARD_SETTINGS)');
  const etagWith = (color: string, of = built) => loaderScript(of, { color, title: '' }).etag;
  const first = etagWith('#cc0044');
  expect(etagWith('#0000cc')).not.toBe(first);
  expect(etagWith('#cc0044')).toBe(first);
  expect(etagWith('#cc0044', Buffer.from('g($SWITCHBOARD_SETTINGS)'))).not.toBe(first);
});
