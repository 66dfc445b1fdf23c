import { limits } from '@roomkey/protocol';

/** Bounds of the wire that an operator may tighten. */
export type TightenedLimit =
  | 'unadmittedPerAddress'
  | 'refusedLoginsPerConnection'
  | 'badFramesInARow'
  | 'sendBudgetBytes'
  | 'listedMembers';

/** Their highest values, which are the defaults: none may be loosened, clients count on them (WS2, WS11). */
export const tightenedLimits: Readonly<Record<TightenedLimit, number>> = {
  unadmittedPerAddress: limits.unadmittedPerAddress,
  refusedLoginsPerConnection: limits.refusedLoginsPerConnection,
  badFramesInARow: limits.badFramesInARow,
  sendBudgetBytes: limits.sendBudgetBytes,
  listedMembers: limits.listedMembers,
};

/** What a server is started with (CF1). Every value has a default that works on one machine. */
export interface Config {
  /** The folder of the databases and of the keys that were generated; relative to where the server is started. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Hosts a client may have dialled, as in the Host header (AD2); empty = by host, port and `publicUrl`. */
  readonly publicHosts: readonly string[];
  /** Where clients reach the server, if a proxy stands before it; null = at host and port. */
  readonly publicUrl: string | null;
  /** Address ranges whose forwarding headers are believed (CF4). */
  readonly trustedProxies: readonly string[];
  /** Null = a file in `dataDir`, generated when there is none. */
  readonly masterKeyFile: string | null;
  /** Stricter: see CF3 and AD12. */
  readonly production: boolean;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Sockets that may be open at once. */
  readonly maxConnections: number;
  /** How long a drain may take (SE9). */
  readonly drainGraceMs: number;
  /** Diagnoses kept per app (AD13). */
  readonly diagnosesPerApp: number;
  readonly limits: Readonly<Record<TightenedLimit, number>>;
}

/** The values where nothing else is said. */
export const defaultConfig: Config = {
  dataDir: '.roomkey',
  host: '127.0.0.1',
  port: 7080,
  publicHosts: [],
  publicUrl: null,
  trustedProxies: [],
  masterKeyFile: null,
  production: false,
  logLevel: 'info',
  maxConnections: 50_000,
  drainGraceMs: 20_000,
  diagnosesPerApp: 10_000,
  limits: tightenedLimits,
};
