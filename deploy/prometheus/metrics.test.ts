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
/** Nobody listens there: figures of Redis are shown all the same. */
const REDIS_URL = 'redis://127.0.0.1:9';

const web = useTestServer({ REDIS_URL });
const relayMetrics = createMetrics('relay');
let relay: TestRelay;
/** Figure, as samples are named → labels that its lines may have. */
const shown = new Map<string, Set<string>>();

/** Names of samples and their labels, out of what an app answers and of what is known of its figures. */
function note(rendered: string, described: ReturnType<typeof relayMetrics.describe>): void {
  for (const { name, type, labelNames } of described) {
    if (!rendered.includes(`# TYPE ${name} ${type}\n`)) throw new Error(`${name} is not in what the app shows.`);
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

/** Figures that Prometheus itself has, and the labels that it adds to all of them. */
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = { up: [], ALERTS: ['alertstate', 'alertname'] };
const ADDED = ['job', 'instance'];

/** What is wrong with an expression. */
function complaints(expression: string): string[] {
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
  it('ask for what there is, in PromQL', async () => {
    const { groups } = parse(await read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ alert, expr }) => [alert, complaints(expr)])).toEqual(rules.map(({ alert }) => [alert, []]));
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Switchboard[A-Z]\w+$/),
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
        annotations: { summary: expect.stringMatching(/.{10}/), description: expect.stringMatching(/.{10}/) },
      });
    }
  });

  it('are what the example loads, from jobs that the alerts name', async () => {
    const config = parse(await read('deploy/prometheus/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { job_name: string }[];
    };
    expect(config.rule_files).toEqual(['alerts.yml']);
    expect(config.scrape_configs.map((job) => job.job_name)).toEqual(['switchboard-web', 'switchboard-relay']);
  });
});

describe('the dashboard', () => {
  it('asks for what there is, in PromQL', async () => {
    const { panels } = JSON.parse(await read('deploy/grafana/switchboard.json')) as { panels: Panel[] };
    const expressions = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
    const plain = (expr: string) => expr.replaceAll('$__rate_interval', '5m');
    expect(expressions.map(([title, expr]) => [title, complaints(plain(expr))])).toEqual(expressions.map(([title]) => [title, []]));
    expect(expressions.length).toBeGreaterThan(50);
    expect(panels.filter(({ type, targets }) => type !== 'row' && (targets ?? []).length === 0)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

it('what the other documents tell to look at is there', async () => {
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

// Other systems show fewer figures of the process.
it.runIf(process.platform === 'linux')(
  'the list of figures is up to date (npx vitest run deploy/prometheus/metrics.test.ts -u writes it)',
  async () => {
    const document = metricsDocument(web.services.metrics.describe(), relayMetrics.describe());
    await expect(document).toMatchFileSnapshot(join(ROOT, 'docs/metrics.md'));
  },
);

it('names say the unit, and totals are counters', () => {
  const figures = [...web.services.metrics.describe(), ...relayMetrics.describe()];
  const ours = figures.filter(({ name }) => !/^switchboard_(process|nodejs)_/.test(name));
  for (const { name, type } of ours) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  const distributions = ours.filter(({ type }) => type === 'histogram');
  expect(distributions.filter(({ name }) => !/_(seconds|bytes|messages)$/.test(name))).toEqual([]);
});

describe('the reader of PromQL', () => {
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

  it('finds figures and labels in everything that it takes', () => {
    const expression = `1 - (sum by (code, x) (rate(a_total{b="c", d=~"e|f"}[5m])) or vector(0)) / on (g) max_over_time(h[1h:1m]) > bool -2`;
    const { selectors, groupings } = readPromql(expression);
    expect(selectors).toEqual([
      { metric: 'a_total', labels: ['b', 'd'] },
      { metric: 'h', labels: [] },
    ]);
    expect(groupings).toEqual(['code', 'x', 'g']);
  });

  it('is of use: a figure or a label that there is not is found', () => {
    expect(complaints('rate(switchboard_nothing_total[5m])')).toEqual(['there is no switchboard_nothing_total']);
    expect(complaints('switchboard_database_connections{status="idle"}')).toEqual(['switchboard_database_connections has no label status']);
    expect(complaints('sum by (route) (rate(switchboard_http_errors_total[5m]))')).toEqual(['nothing here has a label route']);
  });
});
