import { parser } from '@prometheus-io/lezer-promql';

/** The metrics and labels in an expression. */
export interface Query {
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** The labels of `by`, `without`, `on` and similar clauses. */
  readonly groupings: readonly string[];
}

/**
 * Parses an expression with the grammar of Prometheus's user interface.
 *
 * @throws SyntaxError when it is not PromQL
 */
export function readPromql(expression: string): Query {
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      // The parser is made for editors: it continues after an error and marks its position.
      if (type.isError) throw new SyntaxError(`${expression}: not PromQL at "${expression.slice(Math.max(0, from - 10), to + 10)}".`);
      if (type.name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      const selector = selectors.at(-1);
      if (type.name === 'Identifier' && selector !== undefined) selector.metric = text;
      if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels') groupings.push(text);
      if (type.name === 'LabelName' && node.parent?.name === 'UnquotedLabelMatcher') selector?.labels.push(text);
    },
  });
  return { selectors, groupings };
}
