export { APPLICATION_NAMES } from './application-names.ts';
export { ConfigError } from './config-error.ts';
export { demoEnabled, frontendOrigins, localRelayUrl, relayInternalUrl, socketUrl } from './derived.ts';
export { readVariables, type Environment } from './read-variables.ts';
export { SECRET_EXPECTED } from './shapes.ts';
export { VARIABLE_NAMES } from './variables.ts';
