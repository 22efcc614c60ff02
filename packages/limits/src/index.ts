export { clientAddress, limitKey } from './client-address.ts';
export { createRateLimits, type RateLimit, type RateLimits } from './rate-limits.ts';
