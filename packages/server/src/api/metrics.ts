import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Gap } from '#storage';
import { createLabelBound, labelsKept, otherLabel } from './label-bound.ts';

/** What the figures of a server are read from, at the moment they are asked for. */
export interface MetricSources {
  /** Running sessions by app and method. */
  sessions(): readonly { readonly appId: number; readonly method: string; readonly sessions: number }[];
  /** Age of the oldest login record that waits (ST3). */
  ledgerLagMs(): number;
  /** The spans of the last 7 days in which records are missing (ST3). */
  ledgerGaps(): Promise<readonly Gap[]>;
  /** Revocations in force, of all apps. */
  revocations(): number;
}

/** What is counted of one answered login, resume, renewal or switch. Ids never become labels. */
export interface CountedLogin {
  readonly verb: string;
  /** `admitted` or the name of the refusal. */
  readonly outcome: string;
  /** The refusal's number on the wire; 0 or nothing when admitted. */
  readonly code?: number;
  readonly method: string;
  readonly format: string;
}

/** Figures for Prometheus; a registry of each server's own. Label values are bounded to 64 each (MG1a). */
export interface ServerMetrics {
  countLogin(login: CountedLogin): void;
  /** Where the gauges are read from; called once, by the API. */
  readFrom(sources: MetricSources): void;
  /** One more gauge without labels, for what the API does not know: `roomkey_NAME`. */
  watch(name: string, help: string, read: () => number): void;
  text(): Promise<string>;
  readonly contentType: string;
  /** Stops watching the event loop; the figures can still be read. */
  stop(): void;
}

/** The figures of one server. */
export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge('process_resident_memory_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
  gauge('process_cpu_seconds', 'CPU time of the process, all threads', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  return {
    countLogin: addLoginCounters(registry),
    readFrom(sources) {
      gauge(
        'roomkey_ledger_lag_seconds',
        'Age of the oldest login record that waits',
        () => sources.ledgerLagMs() / 1_000,
      );
      gauge('roomkey_revocations', 'Revocations in force, of all apps', () => sources.revocations());
      addSessionGauge(registry, sources);
      addGapGauge(registry, sources);
    },
    watch: (name, help, read) => gauge(`roomkey_${name}`, help, read),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    stop: addLoopGauge(registry),
  };
}

function addLoginCounters(registry: Registry): (login: CountedLogin) => void {
  const registers = [registry];
  const logins = new Counter({
    name: 'roomkey_logins_total',
    help: 'Answered logins, resumes, renewals and switches, by outcome',
    labelNames: ['verb', 'outcome', 'method', 'format'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'roomkey_refusals_total',
    help: 'Refused logins, resumes, renewals and switches, by the code on the wire',
    labelNames: ['code'] as const,
    registers,
  });
  const bounds = {
    verb: createLabelBound(),
    outcome: createLabelBound(),
    method: createLabelBound(),
    format: createLabelBound(),
    code: createLabelBound(),
  };
  return ({ verb, outcome, method, format, code = 0 }) => {
    logins.inc({
      verb: bounds.verb.keep(verb),
      outcome: bounds.outcome.keep(outcome),
      method: bounds.method.keep(method),
      format: bounds.format.keep(format),
    });
    if (code !== 0) refusals.inc({ code: bounds.code.keep(String(code)) });
  };
}

function addSessionGauge(registry: Registry, sources: MetricSources): void {
  new Gauge({
    name: 'roomkey_sessions',
    help: 'Running sessions by app and method; the smallest apps share "other"',
    labelNames: ['app', 'method'] as const,
    registers: [registry],
    collect() {
      this.reset();
      const counts = sources.sessions();
      const byApp = new Map<number, number>();
      for (const { appId, sessions } of counts) byApp.set(appId, (byApp.get(appId) ?? 0) + sessions);
      const largest = [...byApp].sort((one, two) => two[1] - one[1]).slice(0, labelsKept - 1);
      const shown = new Set(largest.map(([appId]) => appId));
      for (const { appId, method, sessions } of counts) {
        this.inc({ app: shown.has(appId) ? String(appId) : otherLabel, method }, sessions);
      }
    },
  });
}

function addGapGauge(registry: Registry, sources: MetricSources): void {
  new Gauge({
    name: 'roomkey_ledger_gaps',
    help: 'Spans of the last 7 days in which login records are missing, by cause',
    labelNames: ['cause'] as const,
    registers: [registry],
    async collect() {
      const gaps = await sources.ledgerGaps();
      for (const cause of ['slow', 'failed', 'uncleanStop'] as const) {
        this.set({ cause }, gaps.filter((gap) => gap.cause === cause).length);
      }
    },
  });
}

// Not prom-client's own set: its observer of garbage collection is never taken down again.
function addLoopGauge(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  new Gauge({
    name: 'roomkey_event_loop_delay_seconds',
    help: 'Delay of the event loop since the figures were last read',
    labelNames: ['quantile'] as const,
    registers: [registry],
    collect() {
      const figures = { '0.5': delay.percentile(50), '0.99': delay.percentile(99), '1': delay.max };
      for (const [quantile, nanoseconds] of Object.entries(figures)) {
        this.set({ quantile }, delay.count === 0 ? 0 : nanoseconds / 1e9);
      }
      delay.reset();
    },
  });
  return () => void delay.disable();
}
