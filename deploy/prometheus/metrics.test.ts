import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createMetrics } from '@switchboard/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { startRelay, type TestRelay } from '../../apps/relay/src/testing/test-relay.ts';
import { GET as scrapeWeb } from '../../apps/web/app/metrics/route.ts';
import { PEER_HEADER } from '../../apps/web/server/parts/connections/scrape.ts';
import { ask, useTestServer } from '../../apps/web/server/testing/test-server.ts';
import { metricsDocument } from './metrics-document.ts';
import { readPromql } from './promql.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Nothing listens there: the metrics of Redis are shown anyway. */
const REDIS_URL = 'redis://127.0.0.1:9';

const web = useTestServer({ REDIS_URL });
const relayMetrics = createMetrics('relay');
let relay: TestRelay;
/** Name of a sample → its possible labels. */
const shown = new Map<string, Set<string>>();

/** Collects the names and labels of samples from an app's answer and from the descriptions of its metrics. */
function note(rendered: string, described: ReturnType<typeof relayMetrics.describe>): void {
  for (const { name, type, labelNames } of described) {
    if (!rendered.includes(`# TYPE ${name} ${type}\n`)) throw new Error(`The app does not show ${name}.`);
    const samples = type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
    for (const sample of samples) {
      const labels = [...labelNames, 'service', ...(sample.endsWith('_bucket') ? ['le'] : [])];
      shown.set(sample, new Set([...(shown.get(sample) ?? []), ...labels]));
    }
  }
}

beforeAll(async () => {
  relay = await startRelay({ redisUrl: REDIS_URL }, { metrics: relayMetrics });
  note(await relay.metrics(), relayMetrics.describe());
  const response = await scrapeWeb(ask('GET', '/metrics', { headers: { [PEER_HEADER]: '127.0.0.1' } }));
  note(await response.text(), web.services.metrics.describe());
});
afterAll(async () => await relay.close());

/** Prometheus's own metrics, and the labels that it adds to all metrics. */
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = { up: [], ALERTS: ['alertstate', 'alertname'] };
const ADDED = ['job', 'instance'];

/** The problems of an expression. */
function problemsOf(expression: string): string[] {
  const { selectors, groupings } = readPromql(expression);
  const labelsOf = (metric: string) => OF_PROMETHEUS[metric] ?? shown.get(metric);
  const unknown = selectors.filter(({ metric }) => labelsOf(metric) === undefined).map(({ metric }) => `there is no ${metric}`);
  const misfits = selectors.flatMap(({ metric, labels }) => {
    const known = new Set([...(labelsOf(metric) ?? []), ...ADDED]);
    return labels.filter((label) => !known.has(label)).map((label) => `${metric} has no label ${label}`);
  });
  const all = new Set([...selectors.flatMap(({ metric }) => Array.from(labelsOf(metric) ?? [])), ...ADDED]);
  return [...unknown, ...misfits, ...groupings.filter((label) => !all.has(label)).map((label) => `nothing here has a label ${label}`)];
}

const read = async (path: string) => await readFile(join(ROOT, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

describe('the alerts', () => {
  it('query existing metrics in valid PromQL', async () => {
    const { groups } = parse(await read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ alert, expr }) => [alert, problemsOf(expr)])).toEqual(rules.map(({ alert }) => [alert, []]));
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Switchboard[A-Z]\w+$/),
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
        annotations: { summary: expect.stringMatching(/.{10}/), description: expect.stringMatching(/.{10}/) },
      });
    }
  });

  it('are loaded by the example configuration, whose jobs they name', async () => {
    const config = parse(await read('deploy/prometheus/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { job_name: string }[];
    };
    expect(config.rule_files).toEqual(['alerts.yml']);
    expect(config.scrape_configs.map((job) => job.job_name)).toEqual(['switchboard-web', 'switchboard-relay']);
  });
});

describe('the dashboard', () => {
  it('queries existing metrics in valid PromQL', async () => {
    const { panels } = JSON.parse(await read('deploy/grafana/switchboard.json')) as { panels: Panel[] };
    const expressions = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
    const plain = (expr: string) => expr.replaceAll('$__rate_interval', '5m');
    expect(expressions.map(([title, expr]) => [title, problemsOf(plain(expr))])).toEqual(expressions.map(([title]) => [title, []]));
    expect(expressions.length).toBeGreaterThan(50);
    expect(panels.filter(({ type, targets }) => type !== 'row' && (targets ?? []).length === 0)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

it('the metrics in other documents exist', async () => {
  const names = new Set([...web.services.metrics.describe(), ...relayMetrics.describe()].map(({ name }) => name));
  for (const path of [
    'docs/troubleshooting.md',
    'docs/deployment.md',
    'docs/performance.md',
    'docs/delivery.md',
    'docs/configuration.md',
  ]) {
    const named = [...(await read(path)).matchAll(/`(switchboard_[a-z0-9_]+)/g)].map(([, name = '']) => name);
    expect(
      named.filter((name) => !names.has(name)),
      path,
    ).toEqual([]);
  }
});

// Other systems have fewer process metrics.
it.runIf(process.platform === 'linux')(
  'the list of metrics is up to date (npx vitest run deploy/prometheus/metrics.test.ts -u writes it)',
  async () => {
    const document = metricsDocument(web.services.metrics.describe(), relayMetrics.describe());
    await expect(document).toMatchFileSnapshot(join(ROOT, 'docs/metrics.md'));
  },
);

it('names end with the unit, and totals are counters', () => {
  const figures = [...web.services.metrics.describe(), ...relayMetrics.describe()];
  const own = figures.filter(({ name }) => !/^switchboard_(process|nodejs)_/.test(name));
  for (const { name, type } of own) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  const distributions = own.filter(({ type }) => type === 'histogram');
  expect(distributions.filter(({ name }) => !/_(seconds|bytes|messages)$/.test(name))).toEqual([]);
});

describe('the PromQL parser', () => {
  it.each([
    'sum(rate(a_total[5m])',
    'sum(rate(a_total[5m])))',
    'rate(a_total[5x])',
    'guess(a_total)',
    'sum by a (b)',
    'a{b="c}',
    'a{b~"c"}',
    'a >',
    'a b',
    'a ? b',
    '',
  ])('refuses %s', (expression) => {
    expect(() => readPromql(expression)).toThrow(SyntaxError);
  });

  it('finds metrics and labels in an expression', () => {
    const expression = `1 - (sum by (code, x) (rate(a_total{b="c", d=~"e|f"}[5m])) or vector(0)) / on (g) max_over_time(h[1h:1m]) > bool -2`;
    const { selectors, groupings } = readPromql(expression);
    expect(selectors).toEqual([
      { metric: 'a_total', labels: ['b', 'd'] },
      { metric: 'h', labels: [] },
    ]);
    expect(groupings).toEqual(['code', 'x', 'g']);
  });

  it('is used to detect unknown metrics and labels', () => {
    expect(problemsOf('rate(switchboard_nothing_total[5m])')).toEqual(['there is no switchboard_nothing_total']);
    expect(problemsOf('switchboard_database_connections{status="idle"}')).toEqual(['switchboard_database_connections has no label status']);
    expect(problemsOf('sum by (route) (rate(switchboard_http_errors_total[5m]))')).toEqual(['nothing here has a label route']);
  });
});
