import { expect, it } from 'vitest';

import { toRow } from './figures.ts';
import { formatTable } from './table.ts';

it('prints a paragraph for each benchmark, with columns that are aligned across all of them', () => {
  const slow = toRow('slow', 'saves/s', [1200.4, 1000, 1100.6]);
  const table = formatTable([
    {
      benchmark: { title: 'Saves' },
      result: { conditions: { concurrency: 64, fsync: 'on' }, rows: [slow, toRow('quick', 'saves/s', [11_006], slow)] },
    },
    { benchmark: { title: 'Delivery' }, result: { conditions: { readers: 2 }, rows: [toRow('one message', 'ms', [0.71828, 12.345])] } },
  ]);
  expect(table.split('\n')).toEqual([
    'Saves (concurrency 64, fsync on)',
    '             median  unit      from     to  compared',
    'slow           1101  saves/s   1000   1200',
    'quick         11006  saves/s  11006  11006  10.0 × slow',
    '',
    'Delivery (readers 2)',
    '             median  unit      from     to  compared',
    'one message    6.53  ms       0.718   12.3',
  ]);
});
