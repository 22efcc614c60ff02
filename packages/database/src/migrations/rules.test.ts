import { describe, expect, it } from 'vitest';

import { migrationsFolder } from './folder.ts';
import { readMigrations } from './list.ts';
import { findProblems } from './rules.ts';

/** Migrations from before the rules. */
const OLDER = new Set(['20261123000000_init', '20261124000000_blocked_visitors']);

const problemsOf = (sql: string, name = '29990101000000_change') => findProblems({ name, sql });

it('every newer migration can be applied to a running system', async () => {
  const migrations = await readMigrations(migrationsFolder());
  expect(migrations.filter(({ name }) => !OLDER.has(name)).flatMap(findProblems)).toEqual([]);
});

describe('a migration of a table in use', () => {
  it.each([
    ['CREATE INDEX "i" ON "Client"("phone");', /CONCURRENTLY/],
    ['CREATE UNIQUE INDEX "i"\n  ON "Client" ("phone");', /CONCURRENTLY/],
    ['CREATE INDEX ON "Client"("phone");', /a name/],
    ['CREATE INDEX CONCURRENTLY "i" ON "Client"("phone"); CREATE INDEX CONCURRENTLY "j" ON "Client"("email");', /only statement/],
    ['CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON "Client"("phone");', /without IF NOT EXISTS/],
    ['DROP INDEX "i";', /DROP INDEX CONCURRENTLY/],
    [
      'ALTER TABLE "Client" ADD COLUMN "a" TEXT, ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "User"("id") ON DELETE CASCADE;',
      /NOT VALID/,
    ],
    ['ALTER TABLE "Client" ADD COLUMN "a" INT REFERENCES "User";', /NOT VALID/],
    ['ALTER TABLE "Client" ADD CHECK (a > 0);', /NOT VALID/],
    ['ALTER TABLE "Client" ADD CONSTRAINT "c" UNIQUE ("a");', /UNIQUE INDEX CONCURRENTLY/],
    ['ALTER TABLE "Client" ALTER COLUMN "phone" SET NOT NULL;', /IS NOT NULL/],
    ['ALTER TABLE "Client" ALTER COLUMN "id" SET DATA TYPE BIGINT;', /filled in steps/],
    ['ALTER TABLE "Client" ADD COLUMN "a" SERIAL;', /filled in steps/],
    ['ALTER TABLE "Client" ADD COLUMN "a" UUID NOT NULL DEFAULT gen_random_uuid();', /filled in steps/],
    ['ALTER TABLE "Client" ADD COLUMN "a" INT DEFAULT 1, ADD COLUMN "b" INT NOT NULL;', /may be null or has a default/],
    ['UPDATE "Client" SET "phone" = NULL;', /bounded size/],
    ['INSERT INTO "User" (name) VALUES (1);', /bounded size/],
    ['BEGIN; CREATE TABLE "a" ("id" INT); COMMIT;', /already one transaction/],
    ['LOCK TABLE "Client";', /locks the table/],
  ])('is refused with advice: %s', (sql, advice) => {
    const faults = problemsOf(sql);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).toMatch(advice);
  });

  it.each([
    'CREATE INDEX CONCURRENTLY "i" ON "Client"("phone");',
    'CREATE UNIQUE INDEX CONCURRENTLY "i" ON "Client"("phone");',
    'DROP INDEX CONCURRENTLY "i";',
    `ALTER TABLE "Client" ADD COLUMN "a" TEXT, ADD COLUMN "b" INT NOT NULL DEFAULT 0, ADD COLUMN "c" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;`,
    'ALTER TABLE "Client" ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "User"("id") ON DELETE SET NULL NOT VALID;',
    'ALTER TABLE "Client" VALIDATE CONSTRAINT "c";',
    `ALTER TABLE "Client" ADD COLUMN "unique" TEXT DEFAULT 'CHECK (x)'; -- UPDATE "Client"`,
    'CREATE TABLE "New" ("id" SERIAL PRIMARY KEY); CREATE UNIQUE INDEX "i" ON "New"("id"); INSERT INTO "New" VALUES (1); ALTER TABLE "New" ADD CONSTRAINT "c" FOREIGN KEY ("id") REFERENCES "Client"("id");',
    '-- allowed: nobody has this table yet\nCREATE INDEX "i" ON "Client"("phone");',
  ])('may contain: %s', (sql) => {
    expect(problemsOf(sql)).toEqual([]);
  });
});

describe('a migration named additive', () => {
  const additive = '29990101000000_additive_more';

  it.each([
    'DROP TABLE "Client";',
    'ALTER TABLE "Client" DROP COLUMN "phone";',
    'ALTER TABLE "Client" RENAME COLUMN "phone" TO "telephone";',
    'ALTER TABLE "Client" ADD COLUMN "a" INT, DROP COLUMN "phone";',
    'ALTER TABLE "Client" ADD COLUMN "a" INT UNIQUE;',
    'CREATE UNIQUE INDEX CONCURRENTLY "i" ON "Client"("phone");',
    'DROP INDEX CONCURRENTLY IF EXISTS "i";',
    `ALTER TYPE "ClientStatus" ADD VALUE 'NEW';`,
    'CREATE TRIGGER t BEFORE INSERT ON "Client" EXECUTE FUNCTION f();',
  ])('may not contain what can break an older version: %s', (sql) => {
    expect(problemsOf(sql, additive).join('\n')).toMatch(/does not say additive/);
  });

  it.each([
    'CREATE TABLE "New" ("id" INT PRIMARY KEY); CREATE UNIQUE INDEX "i" ON "New"("id"); INSERT INTO "New" VALUES (1);',
    'CREATE TYPE "Kind" AS ENUM (\'A\'); ALTER TABLE "Client" ADD COLUMN "kind" "Kind" NOT NULL DEFAULT \'A\';',
    'CREATE INDEX CONCURRENTLY "i" ON "Client"("phone");',
    'ALTER TABLE "Client" ADD COLUMN "a" INT, ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "User"("id") ON DELETE SET NULL NOT VALID;',
    'ALTER TABLE "Client" VALIDATE CONSTRAINT "c";',
  ])('may contain: %s', (sql) => {
    expect(problemsOf(sql, additive)).toEqual([]);
  });
});
