export { createTestDatabase } from './test-database.ts';
export { Wire } from './wire.ts';
