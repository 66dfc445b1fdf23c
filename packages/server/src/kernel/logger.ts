import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/** Writes lines with ids and figures, never tokens, proofs, secrets or tickets (SC4). */
export type Logger = PinoLogger;

/** How much to write and where to. */
export interface LoggerOptions {
  readonly level?: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Default: standard error, so that standard output stays for answers. */
  readonly stream?: DestinationStream;
}

// The second fence: the first is that no call passes such a field at all.
const secretFields = [
  'token',
  'proof',
  'appSignProof',
  'appSign',
  'secret',
  'ticket',
  'resumeTicket',
  'challenge',
  'authorization',
  'apiKey',
  'password',
];

/** error = gave up, warn = recovered, info = lifecycle, debug = the rest. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    { level: options.level ?? 'info', base: null, redact: { paths, censor: '[redacted]' } },
    options.stream ?? pino.destination({ fd: 2, sync: true }),
  );
}
