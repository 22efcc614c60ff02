import { expect, it } from 'vitest';

import { TEXT } from '../harness/text.ts';
import { stamped, Stopwatch } from './stopwatch.ts';

const frame = (text: string, from = 'a') => Buffer.from(`before42["incomingMessage",{"from":"${from}","message":"${text}"}]after @`);
const read = (stopwatch: Stopwatch, bytes: Buffer) => stopwatch.read(bytes, 'before'.length, bytes.length - 'after @'.length);

it('finds the time of every text that has one', () => {
  const stopwatch = new Stopwatch();
  expect(read(stopwatch, frame(TEXT))).toBeUndefined();
  expect(read(stopwatch, frame(stamped(1_234.5678)))).toBe(1_234.568);
  expect(read(stopwatch, frame(TEXT, 'b'))).toBeUndefined();
  expect(read(stopwatch, frame(stamped(0.25), 'c'))).toBe(0.25);
  expect(read(stopwatch, frame(stamped(9_999_999_999.999)))).toBe(9_999_999_999.999);
});

it('finds no mark in an ordinary text', () => {
  expect(TEXT).not.toContain('@');
});
