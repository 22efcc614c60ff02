import type { Route } from './routes.ts';

/** A request's handler and the parameters of its path: `{ id: 'x' }` for `{id}`. */
export interface Match {
  readonly handle: Route['handle'];
  readonly params: Readonly<Record<string, string>>;
}

type Methods = Map<string, Route['handle']>;

interface Pattern {
  readonly path: RegExp;
  readonly methods: Methods;
}

const NO_PARAMS = {};

/**
 * Finds the handler of a request among `routes`. Requests without one (another method, an encoded path, doubled or trailing slashes) are passed to Next.js,
 * which answers, redirects or refuses them.
 */
export function createRouter(routes: readonly Route[]): (method: string, url: string) => Match | undefined {
  const exact = new Map<string, Methods>();
  const patterns: Pattern[] = [];
  for (const [path, methods] of methodsByPath(routes)) {
    if (path.includes('{')) patterns.push({ path: patternOf(path), methods });
    else exact.set(path, methods);
  }
  return (method, url) => {
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    const handle = exact.get(path)?.get(method);
    if (handle !== undefined) return { handle, params: NO_PARAMS };
    for (const pattern of patterns) {
      const found = pattern.path.exec(path);
      const handle = found === null ? undefined : pattern.methods.get(method);
      if (handle !== undefined) return { handle, params: { ...found?.groups } };
    }
    return undefined;
  };
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, Methods> {
  const paths = new Map<string, Methods>();
  for (const { method, path, handle } of routes)
    paths.set(path, (paths.get(path) ?? new Map<string, Route['handle']>()).set(method, handle));
  return paths;
}

/** `{id}` matches one part of a path without encoded characters: Next.js handles those. */
function patternOf(path: string): RegExp {
  const source = path.replaceAll('.', String.raw`\.`).replaceAll(/\{(\w+)\}/g, String.raw`(?<$1>\w[\w.-]*)`);
  return new RegExp(`^${source}$`);
}
