import type { Fault } from '../network/fault.ts';

export const SERVICES = ['database', 'redis', 'relay-0', 'relay-1', 'web-0', 'web-1'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Connections between two parts that a fault can break. */
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

/** The account of an operator. */
export interface OperatorAccount {
  readonly id: number;
  readonly name: string;
  /** The `Cookie` header of a signed-in browser. */
  readonly cookie: string;
}

export interface Addresses {
  /** Origins for clients: load balancers in front of both web servers and both relays. */
  readonly web: string;
  readonly relay: string;
  /** The origin of each node, which no fault affects. */
  readonly nodes: Readonly<Record<'relay-0' | 'relay-1' | 'web-0' | 'web-1', string>>;
  readonly databaseUrl: string;
}

/** The actions of a run on the system under test. All arguments and results can be sent to another thread. */
export interface StackControl {
  addresses(): Promise<Addresses>;
  operators(): Promise<readonly OperatorAccount[]>;
  setFault(edge: EdgeName, fault: Fault | null): Promise<void>;
  /** Breaks the connections on an edge; resolves to their number. */
  cut(edge: EdgeName): Promise<number>;
  /** How often faults on an edge dropped an answer or cut a connection. */
  hits(edge: EdgeName): Promise<number>;
  /** Sends a signal. For a signal that ends the process, resolves when it has ended. */
  signal(service: ServiceName, signal: NodeJS.Signals): Promise<void>;
  /** Starts a service unless it runs, and resolves when it is ready. `environment` is added for this start only; CLOCK_SKEW_MS shifts its clock. */
  start(service: ServiceName, environment?: Readonly<Record<string, string>>): Promise<void>;
  /** Writes a backup of the database under a name. */
  backUp(name: string): Promise<void>;
  /** Restores the backup of that name while everything runs. It signs everybody out; `operators` then has new sessions. */
  restore(name: string): Promise<void>;
  /** Resident memory in bytes. */
  memory(service: ServiceName): Promise<number>;
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}
