export { createTestDatabase } from './test-database.ts';
export { seed } from './seed.ts';
export { indexConditionsWithout, planOf, recordStatements, type PlanNode } from './statements.ts';
export { Wire } from './wire.ts';
export { installGuide, type GuideInstallation } from './guide.ts';
export { createEmptyDatabase, queryOnce } from './migration-folders.ts';
