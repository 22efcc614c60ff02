import type { Fault } from '../network/fault.ts';

export const SERVICES = ['database', 'redis', 'relay-0', 'relay-1', 'web-0', 'web-1'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** `clients → relay-0` and so on: the ways on which something can go wrong. */
export const EDGES = [
  'clients→relay-0',
  'clients→relay-1',
  'clients→web-0',
  'clients→web-1',
  'web-0→database',
  'web-1→database',
  'relay-0→redis',
  'relay-1→redis',
  'web-0→relay-0',
  'web-0→relay-1',
  'web-1→relay-0',
  'web-1→relay-1',
] as const;
export type EdgeName = (typeof EDGES)[number];

/** Someone who signs in at the console. */
export interface OperatorAccount {
  readonly id: number;
  readonly name: string;
  /** The `Cookie` header of a signed-in browser. */
  readonly cookie: string;
}

export interface Addresses {
  /** Where clients find the web app and the relay: load balancers before both of each. */
  readonly web: string;
  readonly relay: string;
  /** Each node itself, around every fault. */
  readonly nodes: Readonly<Record<'relay-0' | 'relay-1' | 'web-0' | 'web-1', string>>;
  readonly databaseUrl: string;
}

/** What a run does to the system under test. Everything can be sent to another thread. */
export interface StackControl {
  addresses(): Promise<Addresses>;
  operators(): Promise<readonly OperatorAccount[]>;
  setFault(edge: EdgeName, fault: Fault | null): Promise<void>;
  /** Breaks the connections on an edge; resolves to how many there were. */
  cut(edge: EdgeName): Promise<number>;
  /** How often faults on an edge lost an answer or cut a connection. */
  hits(edge: EdgeName): Promise<number>;
  /** For a signal that ends it, resolves when it is gone. */
  signal(service: ServiceName, signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it is ready. `environment` is added to that of a server of ours, this time only; CLOCK_SKEW_MS puts its clock wrong. */
  start(service: ServiceName, environment?: Readonly<Record<string, string>>): Promise<void>;
  /** Keeps all that is in the database at this moment under a name. */
  backUp(name: string): Promise<void>;
  /** Puts what was kept under that name in the place of all that is in the database, while everything runs. It signs everybody out; `operators` has new sessions. */
  restore(name: string): Promise<void>;
  /** Resident memory in bytes. */
  memory(service: ServiceName): Promise<number>;
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}
