import type { MetricDescription } from '@switchboard/telemetry';

const HEAD = `# Metrics

Both apps answer \`GET /metrics\` in Prometheus' text format: the web app on its port, each relay on its own. With \`METRICS_TOKEN\` set they want it as
\`Authorization: Bearer …\`. Without one they answer connections from the same machine or a private network that no proxy has passed on; everybody else gets a 403.

\`deploy/prometheus/prometheus.yml\` is an example of what Prometheus has to be told, \`deploy/prometheus/alerts.yml\` are alerts, \`deploy/grafana/switchboard.json\` is a
dashboard to import; a test makes sure that every figure in them exists. Every name begins with \`switchboard_\`, every line has the label \`service\` (\`web\` or
\`relay\`), and the end of a name says the unit: \`_seconds\`, \`_bytes\`, \`_messages\`; \`_total\` only grows. Labels have few values: never an id, a name or an address.

The first to look at, when somebody says that it does not work:

| figure | when it is wrong |
| --- | --- |
| \`up\` (of Prometheus), \`database_up\`, \`relay_redis_up\` | something is away |
| \`save_requests_total\` by outcome | \`unavailable\`: the database is away or too slow; \`internal\`: a fault of ours, in the log |
| \`client_saved_seconds\`, \`client_relayed_seconds\` | what people feel between pressing send and the tick, the network included. Browsers report it about once a minute |
| \`relay_event_seconds\` | the relay is slow by itself. It is measured for each event, from its being decoded to its having been written to the sockets of that node, what their network takes later not included. Measuring takes 0.2 µs |
| \`nodejs_eventloop_lag_p99_seconds\` | the process has more to do than one processor can. It is of the time since somebody looked last, so let one Prometheus scrape |
| \`unanswered_oldest_seconds\` | everything works, and nobody answers. The same visitors as in the view Waiting, those with a last "thank you" too, until they are answered or marked as done. Asked of the database at most every ten seconds; not shown while the database is away |
`;

const CELL = (text: string) => text.replaceAll('|', '\\|');

function table(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(({ name, type, labelNames, help }) => {
    const labels = labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${labels} | ${CELL(help.replace(/\.$/, ''))} |`;
  });
  return ['| figure | kind | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The text of docs/metrics.md. */
export function metricsDocument(web: readonly MetricDescription[], relay: readonly MetricDescription[]): string {
  const inBoth = new Set(relay.map(({ name }) => name).filter((name) => web.some((metric) => metric.name === name)));
  const own = (metrics: readonly MetricDescription[]) => metrics.filter(({ name }) => !inBoth.has(name));
  const parts = [
    ['Of the web app', own(web)],
    ['Of the relay', own(relay)],
    ['Of both: the process', web.filter(({ name }) => inBoth.has(name))],
  ] as const;
  return `${HEAD}\n${parts.map(([title, metrics]) => `## ${title}\n\n${table(metrics)}\n`).join('\n')}`;
}
