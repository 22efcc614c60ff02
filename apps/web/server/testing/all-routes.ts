import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** One method of one route of the web app. */
export interface RouteHandler {
  /** `POST /api/chat/messages`; a part of the path that stands for anything is as its folder says it: `[id]`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly handle: (request: Request) => Promise<Response>;
}

const APP = resolve(import.meta.dirname, '../../app');
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Every method of every route there is under `folder` of the app (`api`), found on the disk: a new one is never left out. */
export async function allRoutes(folder: string): Promise<readonly RouteHandler[]> {
  const files = (await readdir(join(APP, folder), { recursive: true })).filter((name) => /(^|\/)route\.tsx?$/.test(name));
  const routes = await Promise.all(files.map(async (file) => await handlersOf(join(folder, file))));
  return routes.flat().toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function handlersOf(file: string): Promise<readonly RouteHandler[]> {
  const module = (await import(join(APP, file))) as Record<string, unknown>;
  const path = `/${file.replace(/\/route\.tsx?$/, '')}`;
  // `[id]` → one part, `[...all]` → any number of them.
  const params = Promise.resolve(Object.fromEntries([...path.matchAll(/\[(\w+)\]/g)].map(([, name = '']) => [name, 'x'])));
  return Object.entries(module).flatMap(([method, handler]) =>
    METHODS.has(method) && typeof handler === 'function'
      ? [{ name: `${method} ${path}`, method, path, handle: async (request: Request) => (await handler(request, { params })) as Response }]
      : [],
  );
}
