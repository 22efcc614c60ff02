import { afterEach, describe, expect, it, vi } from 'vitest';

import { createLogger, limitRepeats, type Logger } from './index.ts';

type Line = Record<string, unknown>;

/** The log entries that a real logger writes. */
function written(write: (log: Logger) => void): Line[] {
  const lines: Line[] = [];
  write(createLogger('relay', 'debug', { write: (line: string) => void lines.push(JSON.parse(line) as Line) }));
  return lines;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a log entry stays short, whatever it contains', () => {
  const long = 'x'.repeat(14_000);

  it('in a field, in a list, in a nested object, in the message', () => {
    const deep = { a: { b: { c: { d: { e: long } } } } };
    const [line] = written((log) =>
      log.info({ origin: long, list: Array.from({ length: 1_000 }, () => long), nested: { path: long }, deep }, long),
    );
    expect(line?.['origin']).toBe(`${'x'.repeat(200)}… (14000 characters)`);
    expect(line?.['nested']).toEqual({ path: line?.['origin'] });
    expect(line?.['msg']).toBe(line?.['origin']);
    expect(line?.['list']).toHaveLength(50);
    expect(JSON.stringify(line?.['deep']).length).toBeLessThan(100);
  });

  it('in an error, its cause and a library’s extra fields; the stack is kept', () => {
    const error = Object.assign(new Error(long, { cause: new Error(long) }), { detail: long, code: 'E_LONG' });
    const [line] = written((log) => log.error({ err: error }, 'failed'));
    expect(JSON.stringify(line).length).toBeLessThan(10_000);
    expect(line?.['err']).toMatchObject({
      type: 'Error',
      code: 'E_LONG',
      message: expect.stringMatching(/^x{200}…/),
      stack: expect.stringContaining('Error: x'),
    });
    const [short] = written((log) => log.error({ err: new Error('a fault') }, 'failed'));
    expect(JSON.stringify(short)).toContain('log-limits.test.ts');
  });

  it('and never contains secrets', () => {
    const [line] = written((log) => log.info({ token: 'canary', session: { password: 'canary' } }, 'up'));
    expect(line).toMatchObject({ token: '[redacted]', session: { password: '[redacted]' } });
  });
});

describe('repeats', () => {
  const fake = () => {
    const lines: [string, Line, string][] = [];
    const write = (level: string) => (fields: object, message: string) => void lines.push([level, { ...fields }, message]);
    const log: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), child: () => log };
    return { log, lines };
  };

  it('are counted instead of written and reported in one entry; other kinds are unaffected; the next window starts over', () => {
    vi.useFakeTimers();
    const { log, lines } = fake();
    const limited = limitRepeats(log, { lines: 3, windowMs: 1_000 });
    for (let index = 0; index < 1_000; index += 1) limited.info({ code: 'forbidden', index }, 'refused');
    limited.info({ code: 'not_found' }, 'refused');
    limited.warn({ code: 'forbidden' }, 'refused');
    expect(lines.map(([level, fields]) => [level, fields['code']])).toEqual([
      ...Array.from({ length: 3 }, () => ['info', 'forbidden']),
      ['info', 'not_found'],
      ['warn', 'forbidden'],
    ]);
    vi.advanceTimersByTime(1_000);
    expect(lines.slice(5)).toEqual([
      ['info', { code: 'forbidden', of: 'refused', repeated: 997, windowMs: 1_000 }, 'more lines of one kind were not written'],
    ]);
    limited.info({ code: 'forbidden' }, 'refused');
    expect(lines).toHaveLength(7);
  });

  it('are counted across a logger and its children', () => {
    const { log, lines } = fake();
    const limited = limitRepeats(log, { lines: 3, windowMs: 60_000 });
    for (let index = 0; index < 10; index += 1) limited.child({ request: index }).error({}, 'failed');
    expect(lines).toHaveLength(3);
  });

  it('with ever-changing messages share one limit', () => {
    const { log, lines } = fake();
    const limited = limitRepeats(log, { lines: 3, windowMs: 60_000 });
    for (let index = 0; index < 10_000; index += 1) limited.warn({}, `User ${index} not found`);
    expect(lines.length).toBeLessThanOrEqual(503);
  });
});
