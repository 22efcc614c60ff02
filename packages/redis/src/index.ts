export { isRefusal, ReconnectingRedis, type ReconnectingRedisOptions } from './reconnecting-redis.ts';
