import { expect, it } from 'vitest';

import { createMetrics, type Reading } from './index.ts';

it('renders counters, gauges and histograms, labeled with the service', async () => {
  const metrics = createMetrics('relay');
  metrics.counter('messages_total', 'Messages', ['kind']).add(2, { kind: 'client' });
  metrics.gauge('connections', 'Connections', { read: () => 7 });
  metrics.histogram('http_seconds', 'Time', { buckets: [0.1, 1] }).observe(0.5);
  const text = await metrics.render();
  expect(text).toContain('switchboard_messages_total{kind="client",service="relay"} 2');
  expect(text).toContain('switchboard_connections{service="relay"} 7');
  expect(text).toContain('switchboard_http_seconds_bucket{le="1",service="relay"} 1');
});

it('shows a counter before its first event, so that a rate over it works from that event on', async () => {
  const metrics = createMetrics('web');
  metrics.counter('hints_dropped_total', 'Hints');
  metrics.counter('errors_total', 'Errors', ['code'], ['internal', 'conflict']);
  const text = await metrics.render();
  expect(text).toContain('switchboard_hints_dropped_total{service="web"} 0');
  expect(text).toContain('switchboard_errors_total{code="internal",service="web"} 0');
  expect(text).toContain('switchboard_errors_total{code="conflict",service="web"} 0');
});

it('reads a gauge on every scrape, and leaves it out while its value is unknown', async () => {
  const metrics = createMetrics('web');
  let reading: Reading = 3;
  metrics.gauge('age_seconds', 'Age', { read: async () => await Promise.resolve(reading) });
  expect(await metrics.render()).toContain('switchboard_age_seconds{service="web"} 3');
  reading = undefined;
  expect(await metrics.render()).not.toMatch(/^switchboard_age_seconds/m);
  reading = 0;
  expect(await metrics.render()).toContain('switchboard_age_seconds{service="web"} 0');
});

it('takes several samples at once, and forgets earlier ones', async () => {
  const metrics = createMetrics('web');
  let reading: Reading = [
    { labels: { state: 'idle' }, value: 2 },
    { labels: { state: 'waiting' }, value: 1 },
  ];
  metrics.gauge('pool', 'Pool', { labelNames: ['state'], read: () => reading });
  expect(await metrics.render()).toContain('switchboard_pool{state="waiting",service="web"} 1');
  reading = [{ labels: { state: 'idle' }, value: 4 }];
  const text = await metrics.render();
  expect(text).toContain('switchboard_pool{state="idle",service="web"} 4');
  expect(text).not.toContain('waiting');
});

it('shows a total that is kept elsewhere', async () => {
  const metrics = createMetrics('relay');
  let bytes = 5;
  metrics.total('received_bytes_total', 'Bytes', () => bytes);
  expect(await metrics.render()).toContain('switchboard_received_bytes_total{service="relay"} 5');
  bytes = 9;
  expect(await metrics.render()).toContain('switchboard_received_bytes_total{service="relay"} 9');
});

it('describes every metric', () => {
  const metrics = createMetrics('web');
  metrics.histogram('a_seconds', 'Time', { labelNames: ['route'], buckets: [1] });
  const described = metrics.describe();
  expect(described).toContainEqual({ name: 'switchboard_a_seconds', help: 'Time', type: 'histogram', labelNames: ['route'] });
  expect(described.find(({ name }) => name === 'switchboard_process_cpu_seconds_total')?.type).toBe('counter');
});
