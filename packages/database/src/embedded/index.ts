export { startCluster, clusterUrl, type Cluster, type ClusterOptions } from './cluster.ts';
export { findRunningServer, isAlive, type Postmaster } from './stale-server.ts';
export { ensureDatabase } from './ensure-database.ts';
export { otherMajor } from './major-version.ts';
export { freePort } from './free-port.ts';
