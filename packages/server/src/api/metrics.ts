import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What the figures of a server are read from, at the moment they are asked for. */
export interface MetricSources {
  /** Running sessions by app and method. */
  sessions(): readonly { readonly appId: number; readonly method: string; readonly sessions: number }[];
  connections(): number;
  unadmitted(): number;
  /** Age of the oldest login record that waits (ST3). */
  ledgerLagMs(): number;
  revocations(): number;
}

/** Figures for Prometheus; a registry of each server's own. Label values are bounded to 64 each (MG1a). */
export interface ServerMetrics {
  /** Counts one answered login, resume, renewal or switch. */
  countLogin(login: {
    readonly verb: string;
    readonly outcome: string;
    readonly method: string;
    readonly format: string;
  }): void;
  /** Where the gauges are read from; called once. */
  readFrom(sources: MetricSources): void;
  text(): Promise<string>;
  readonly contentType: string;
}

const mostValues = 64;

/** A label's values: the first 64, the rest is `other`. */
function createBound(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= mostValues - 1) return 'other';
    known.add(value);
    return value;
  };
}

/** The figures of one server. */
export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const outcome = createBound();
  const app = createBound();
  const registers = [registry];
  const logins = new Counter({
    name: 'roomkey_logins_total',
    help: 'Answered logins, resumes, renewals and switches, by outcome',
    labelNames: ['verb', 'outcome', 'method', 'format'] as const,
    registers,
  });
  return {
    countLogin(login) {
      logins.inc({
        verb: login.verb,
        outcome: outcome(login.outcome),
        method: login.method,
        format: login.format,
      });
    },
    readFrom(sources) {
      const gauge = (name: string, help: string, read: () => number): void => {
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      };
      gauge('roomkey_connections', 'Open signal connections', () => sources.connections());
      gauge('roomkey_connections_unadmitted', 'Open signal connections without a session', () =>
        sources.unadmitted(),
      );
      gauge(
        'roomkey_ledger_lag_seconds',
        'Age of the oldest login record that waits',
        () => sources.ledgerLagMs() / 1_000,
      );
      gauge('roomkey_revocations', 'Revocations in force', () => sources.revocations());
      new Gauge({
        name: 'roomkey_sessions',
        help: 'Running sessions by app and method',
        labelNames: ['app', 'method'] as const,
        registers,
        collect() {
          this.reset();
          for (const { appId, method, sessions } of sources.sessions())
            this.inc({ app: app(String(appId)), method }, sessions);
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
