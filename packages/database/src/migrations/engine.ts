import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

import { sessionConfig } from '../connection/connections.ts';
import { parseDatabaseUrl } from '../connection/database-url.ts';
import { SessionClient } from '../connection/session-client.ts';
import { concurrentIndex } from './sql-statements.ts';

interface EngineModule {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: object): void;
}

/** The parts of WebAssembly that are used here: Node's types lack them, and the browser's types do not belong here. */
interface WebAssemblyApi {
  instantiate(code: Uint8Array, imports: Record<string, object>): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
}

let loading: Promise<EngineModule> | undefined;

/**
 * Prisma's schema engine as WebAssembly: the same code as the native binary that the Prisma CLI downloads, without the download. Node can't import `.wasm`
 * files, so this instantiates the module for the package's glue code.
 */
async function loadEngine(): Promise<EngineModule> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glue = (await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)) as EngineModule;
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const { instance } = await WebAssembly.instantiate(await readFile(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

/** Prisma writes this at the top of a first migration. The schema exists, but PostgreSQL refuses the statement to a role that may not create schemas. */
const CREATE_PUBLIC = 'CREATE SCHEMA IF NOT EXISTS "public";';
/** How long a migration's statement waits for a lock. All later lock requests, including the running system's reads, wait behind it. */
const LOCK_TIMEOUT_MS = 2_000;
/** The same for building or dropping an index concurrently: no reads or writes wait behind that. */
const CONCURRENT_LOCK_TIMEOUT_MS = 600_000;

/** The state shared by a run of migrate and the scripts that the engine runs for it. */
export interface Script {
  /** The running migration: its script itself records that it is finished. */
  migration?: string;
  /** PostgreSQL's error of the last script: the engine passes on only a text, in the server's language. */
  error?: unknown;
}

/** The name of the engine's connections in `pg_stat_activity`. */
export const ENGINE_NAME = 'switchboard-migrate-engine';

/**
 * Prisma's adapter with atomic scripts. (The original splits a script at every semicolon, even within a text, and commits each part.) The pool has one
 * connection, so the settings made here apply to the script.
 *
 * A script records its completion in its own transaction: when this process is killed while the server is working, the record is still right.
 */
function atomicScripts(pool: pg.Pool, schema: string, state: Script): SqlMigrationAwareDriverAdapterFactory {
  const inner = new PrismaPg(pool, { schema });
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connectToShadowDb: async () => await inner.connectToShadowDb(),
    async connect() {
      const adapter = await inner.connect();
      adapter.executeScript = async (script) => {
        const concurrent = concurrentIndex(script) !== undefined;
        const timeout = concurrent ? CONCURRENT_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS;
        await adapter.executeRaw({ sql: `SET lock_timeout = ${timeout}`, args: [], argTypes: [] });
        const record = concurrent || state.migration === undefined ? '' : finishes(state.migration);
        try {
          // Several statements in one query run in one transaction; a single statement does not, as CONCURRENTLY requires.
          await adapter.executeRaw({ sql: script.replace(CREATE_PUBLIC, '') + record, args: [], argTypes: [] });
        } catch (error) {
          state.error = error;
          throw error;
        }
      };
      return adapter;
    },
  };
}

function finishes(migration: string): string {
  const name = pg.escapeLiteral(migration);
  return `\n;UPDATE "_prisma_migrations" SET finished_at = now() WHERE migration_name = ${name} AND finished_at IS NULL AND rolled_back_at IS NULL`;
}

/** Runs `use` with an engine connected to the database at `url`; the connection is closed afterwards. */
export async function withSchemaEngine<T>(
  url: string,
  datamodels: [string, string][] | undefined,
  use: (engine: SchemaEngine, script: Script) => Promise<T>,
): Promise<T> {
  loading ??= loadEngine();
  const { SchemaEngine: Engine } = await loading;
  // Our own pool, because the engine never closes its connections, and an open one keeps the advisory lock of its migration run.
  const target = parseDatabaseUrl(url);
  const pool = new pg.Pool({ ...sessionConfig(target, ENGINE_NAME), Client: SessionClient, max: 1, connectionTimeoutMillis: 5_000 });
  const script: Script = {};
  const engine = await Engine.new(
    { datamodels },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(atomicScripts(pool, target.schema, script)),
  );
  try {
    return await use(engine, script);
  } finally {
    engine.free();
    await pool.end();
  }
}
