import type { MetricDescription } from '@switchboard/telemetry';

const HEAD = `# Metrics

Both apps serve \`GET /metrics\` in Prometheus's text format: the web app on its port, each relay on its own. With \`METRICS_TOKEN\` set they require it as
\`Authorization: Bearer …\`. Without it they answer only direct connections from the same machine or a private network; all other requests get 403.

\`deploy/prometheus/prometheus.yml\` is an example configuration, \`deploy/prometheus/alerts.yml\` contains alerts, and \`deploy/grafana/switchboard.json\` is a dashboard
to import; a test checks that every metric in them exists. Every name begins with \`switchboard_\`, every sample has the label \`service\` (\`web\` or \`relay\`), and a
name ends with its unit: \`_seconds\`, \`_bytes\`, \`_messages\`; counters end with \`_total\`. Labels have few values: never an id, a name or an address.

Look at these first when something does not work:

| metric | meaning of a bad value |
| --- | --- |
| \`up\` (of Prometheus), \`database_up\`, \`relay_redis_up\` | a component is down |
| \`save_requests_total\` by outcome | \`unavailable\`: the database is down or too slow; \`internal\`: a bug, see the log |
| \`client_saved_seconds\`, \`client_relayed_seconds\` | the time between pressing send and the tick that people see, including the network. Browsers report it about once a minute |
| \`relay_event_seconds\` | the relay itself is slow. Measured for each event from decoding it to writing it to the node's sockets, without the network after that. The measurement takes 0.2 µs |
| \`nodejs_eventloop_lag_p99_seconds\` | the process is busier than one processor can handle. It covers the time since the last scrape, so scrape with one Prometheus only |
| \`unanswered_oldest_seconds\` | the system works, but nobody answers. It counts the visitors of the view Waiting, including those whose last message is "thank you", until they are answered or marked as done. Queried at most every ten seconds; not shown while the database is down |
`;

const CELL = (text: string) => text.replaceAll('|', '\\|');

function table(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(({ name, type, labelNames, help }) => {
    const labels = labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${labels} | ${CELL(help.replace(/\.$/, ''))} |`;
  });
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The text of docs/metrics.md. */
export function metricsDocument(web: readonly MetricDescription[], relay: readonly MetricDescription[]): string {
  const inBoth = new Set(relay.map(({ name }) => name).filter((name) => web.some((metric) => metric.name === name)));
  const own = (metrics: readonly MetricDescription[]) => metrics.filter(({ name }) => !inBoth.has(name));
  const parts = [
    ['Web app', own(web)],
    ['Relay', own(relay)],
    ['Both: the process', web.filter(({ name }) => inBoth.has(name))],
  ] as const;
  return `${HEAD}\n${parts.map(([title, metrics]) => `## ${title}\n\n${table(metrics)}\n`).join('\n')}`;
}
