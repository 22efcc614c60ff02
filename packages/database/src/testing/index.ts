export { createTestDatabase } from './test-database.ts';
export { seed } from './seed.ts';
export { indexConditionsWithout, planOf, recordStatements, type PlanNode } from './statements.ts';
export { FaultyProxy } from './faulty-proxy.ts';
export { installGuide, type GuideInstallation } from './guide.ts';
export { createEmptyDatabase, queryOnce } from './migration-folders.ts';
