import { expect, it } from 'vitest';

import { createMetrics } from './index.ts';

it('renders what was counted, set and observed, labelled with the service', async () => {
  const metrics = createMetrics('relay');
  metrics.counter('messages_total', 'Messages', ['kind']).add(2, { kind: 'client' });
  metrics.gauge('connections', 'Connections', { read: () => 7 });
  metrics.histogram('http_seconds', 'Time', { buckets: [0.1, 1] }).observe(0.5);
  const text = await metrics.render();
  expect(text).toContain('switchboard_messages_total{kind="client",service="relay"} 2');
  expect(text).toContain('switchboard_connections{service="relay"} 7');
  expect(text).toContain('switchboard_http_seconds_bucket{le="1",service="relay"} 1');
});

it('shows a counter that has not counted yet, so that a rate over it works from the first event on', async () => {
  const metrics = createMetrics('web');
  metrics.counter('hints_dropped_total', 'Hints');
  expect(await metrics.render()).toContain('switchboard_hints_dropped_total{service="web"} 0');
});
