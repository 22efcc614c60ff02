export { APPLICATION_NAMES } from './application-names.ts';
export { ConfigError, type Environment } from './config-error.ts';
export { demoEnabled, frontendOrigins, localRelayUrl, localWebUrl, relayInternalUrl, socketUrl } from './derived.ts';
export { FIRST_ADMINISTRATOR_FILE } from './file-names.ts';
export { readVariables } from './read-variables.ts';
export { requireStrongSecrets, SIGNING_SECRETS, weaknessOfSecrets } from './secrets.ts';
export { SECRET_EXPECTED } from './shapes.ts';
export { SECRETS, VARIABLE_NAMES } from './variables.ts';
