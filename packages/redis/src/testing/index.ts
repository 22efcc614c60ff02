export { TestRedis } from './test-redis.ts';
