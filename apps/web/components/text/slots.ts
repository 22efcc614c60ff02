import type { ReactNode } from 'react';

/** The content for the empty tags of a text, by tag: `t.rich('typing', slots({ name: <bdi>Ana</bdi> }))` for `<name></name> is typing`. */
export function slots<K extends string>(nodes: Readonly<Record<K, ReactNode>>): Record<K, () => ReactNode> {
  const entries = Object.entries<ReactNode>(nodes).map(([tag, node]) => [tag, () => node] as const);
  return Object.fromEntries(entries) as Record<K, () => ReactNode>;
}
