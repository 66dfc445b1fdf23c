import type { AppId } from '#apps';
import type { UnixMillis } from '#kernel';

/** One token that opened and had not been seen before. */
export interface FirstSight {
  readonly appId: AppId;
  readonly keyId: string;
  readonly digest: string;
  /** Unix seconds, as the token says. */
  readonly ctime: number;
  /** Whom the token names, if known: a revocation of another user then need not remember it. */
  readonly userId?: string;
  readonly nowMs: UnixMillis;
}

/** A token whose ctime still lies in the future. */
export interface AheadToken {
  readonly digest: string;
  readonly keyId: string;
  readonly ctime: number;
  readonly userId?: string;
}

/** What is known of the clocks of one app's issuers, by key id (AD14). */
export interface IssuerClock {
  readonly keyId: string;
  /** How far the key's issuers ran ahead of our clock lately, at most; 0 when they did not. */
  readonly aheadSeconds: number;
  /** Their usual offset: positive = ahead. Tokens age between minting and login, so it leans to the slow side. */
  readonly offsetSeconds: number;
  readonly samples: number;
}

/** Largest offset that counts as a clock running ahead: what a token may be early by and still enter (TK15). */
export const largestAheadSeconds = 300;

const windowMs = 60 * 60_000;
const windowParts = 6;
const partMs = windowMs / windowParts;
const mostKeys = 16;
const mostSamples = 64;
const mostSeen = 4_096;
const mostAhead = 4_096;

interface KeyClock {
  readonly samples: number[];
  at: number;
  /** Highest offset of each ten minutes, by the number of that span. */
  readonly highest: Map<number, number>;
}

interface AppClocks {
  readonly keys: Map<string, KeyClock>;
  readonly seen: Set<string>;
  readonly ahead: Map<string, AheadToken>;
}

/**
 * Estimates how far issuers' clocks are off ours from what tokens say when they are seen first (AD14), and remembers
 * tokens from the future, so that `issued before` hits what was really minted before (AD11a).
 *
 * Bounded per app: 16 keys, 4096 digests seen, 4096 tokens ahead. In memory only: after a restart it learns anew.
 */
export class IssuerClocks {
  readonly #apps = new Map<AppId, AppClocks>();

  /** Takes one opened token into account; one seen before changes nothing. */
  noteFirstSight(sight: FirstSight): void {
    const app = this.#appOf(sight.appId);
    if (app.seen.has(sight.digest)) return;
    remember(app.seen, sight.digest);
    const nowSeconds = Math.floor(sight.nowMs / 1_000);
    const offset = sight.ctime - nowSeconds;
    if (offset > 0) keepAhead(app.ahead, sight, nowSeconds);
    takeSample(keyClockOf(app, sight.keyId), offset, sight.nowMs);
  }

  /** How far a key's issuers ran ahead in the last hour, in seconds: 0 to 300. */
  aheadSeconds(appId: AppId, keyId: string, now: UnixMillis): number {
    const clock = this.#apps.get(appId)?.keys.get(keyId);
    return clock === undefined ? 0 : aheadOf(clock, now);
  }

  /** The usual offset of a key's issuers, in seconds; undefined before the first token. */
  offsetSeconds(appId: AppId, keyId: string): number | undefined {
    const clock = this.#apps.get(appId)?.keys.get(keyId);
    return clock === undefined ? undefined : offsetOf(clock);
  }

  /** Every key of an app that has been seen, for people. */
  clocks(appId: AppId, now: UnixMillis): readonly IssuerClock[] {
    const keys = this.#apps.get(appId)?.keys ?? new Map<string, KeyClock>();
    return [...keys].map(([keyId, clock]) => ({
      keyId,
      aheadSeconds: aheadOf(clock, now),
      offsetSeconds: offsetOf(clock),
      samples: clock.samples.length,
    }));
  }

  /** By key id, for a revocation made now (AD11a); keys that do not run ahead are left out. */
  aheadByKey(appId: AppId, now: UnixMillis): Readonly<Record<string, number>> {
    const clocks = this.clocks(appId, now).filter(({ aheadSeconds }) => aheadSeconds > 0);
    return Object.fromEntries(clocks.map(({ keyId, aheadSeconds }) => [keyId, aheadSeconds]));
  }

  /** The tokens that were seen before `now` and say they are minted after it. */
  aheadTokens(appId: AppId, now: UnixMillis): readonly AheadToken[] {
    const nowSeconds = now / 1_000;
    return [...(this.#apps.get(appId)?.ahead.values() ?? [])].filter(({ ctime }) => ctime >= nowSeconds);
  }

  #appOf(appId: AppId): AppClocks {
    let app = this.#apps.get(appId);
    if (app === undefined) {
      app = { keys: new Map(), seen: new Set(), ahead: new Map() };
      this.#apps.set(appId, app);
    }
    return app;
  }
}

function keyClockOf(app: AppClocks, keyId: string): KeyClock {
  let clock = app.keys.get(keyId);
  if (clock !== undefined) return clock;
  clock = { samples: [], at: 0, highest: new Map() };
  app.keys.set(keyId, clock);
  const [oldest] = app.keys.keys();
  if (app.keys.size > mostKeys && oldest !== undefined) app.keys.delete(oldest);
  return clock;
}

function takeSample(clock: KeyClock, offset: number, now: UnixMillis): void {
  clock.samples[clock.at % mostSamples] = offset;
  clock.at += 1;
  const part = Math.floor(now / partMs);
  const highest = Math.max(clock.highest.get(part) ?? 0, Math.min(offset, largestAheadSeconds));
  clock.highest.set(part, highest);
  for (const each of clock.highest.keys()) if (each <= part - windowParts) clock.highest.delete(each);
}

function aheadOf(clock: KeyClock, now: UnixMillis): number {
  const oldest = Math.floor(now / partMs) - windowParts;
  return Math.max(0, ...[...clock.highest].filter(([part]) => part > oldest).map(([, offset]) => offset));
}

/** The median of the upper half: waiting before the login makes a token look older, never younger. */
function offsetOf(clock: KeyClock): number {
  const sorted = [...clock.samples].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length * 3) / 4)] ?? 0;
}

function remember(seen: Set<string>, digest: string): void {
  seen.add(digest);
  const [oldest] = seen;
  if (seen.size > mostSeen && oldest !== undefined) seen.delete(oldest);
}

/** Tokens whose ctime has come need no memory: the instant itself hits them. */
function keepAhead(ahead: Map<string, AheadToken>, sight: FirstSight, nowSeconds: number): void {
  const { digest, keyId, ctime, userId } = sight;
  if (ahead.size >= mostAhead) {
    for (const each of ahead.values()) if (each.ctime < nowSeconds) ahead.delete(each.digest);
  }
  if (ahead.size >= mostAhead) {
    let soonest: AheadToken | undefined;
    for (const each of ahead.values())
      if (soonest === undefined || each.ctime < soonest.ctime) soonest = each;
    if (soonest !== undefined) ahead.delete(soonest.digest);
  }
  ahead.set(digest, { digest, keyId, ctime, ...(userId === undefined ? {} : { userId }) });
}
