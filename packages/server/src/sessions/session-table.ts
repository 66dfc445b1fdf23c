import type { CommandMessage } from '@roomkey/protocol';
import { type Clock, DeadlineWheel } from '#kernel';
import { GroupIndex } from './group-index.ts';
import { KeptCommands } from './kept-commands.ts';
import { nextDeadline } from './next-deadline.ts';
import type { Deadline, LiveSession, Present, Session } from './session.ts';
import { markWarned } from './transitions.ts';

interface Slot {
  session: LiveSession;
}

// An end that could not be carried out is tried again; a handler that waits for a store may take as long.
const askAgainAfterMs = 1_000;
const ranks: Readonly<Record<Deadline['kind'], number>> = {
  end: 0,
  lapse: 0,
  absent: 0,
  warn: 1,
  lastWarn: 1,
  forget: 1,
};

/** What a table needs. */
export interface SessionTableOptions {
  readonly clock: Clock;
  /**
   * Called when something is due. A warning is marked as sent by then. For the others the handler moves the session
   * on by `update`; until it has, it is asked again every second.
   */
  readonly onDue: (session: LiveSession, kind: Deadline['kind']) => void;
  /** What slices of due work are measured by; default: the clock. */
  readonly measureMs?: () => number;
}

/** What waited for a session while its socket was lost (WS7). */
export interface KeptForSession {
  readonly commands: readonly CommandMessage[];
  /** Commands that did not fit. */
  readonly lost: number;
}

/**
 * The sessions of this node and its only writer: immutable session objects, replaced by pure transitions, found by
 * id, app, user, room and connection, each with one entry in the deadline wheel (SE1, SE3).
 */
export class SessionTable {
  readonly #clock: Clock;
  readonly #onDue: SessionTableOptions['onDue'];
  readonly #wheel: DeadlineWheel<Deadline['kind']>;
  readonly #slots = new Map<string, Slot>();
  readonly #groups = new GroupIndex<Slot>();
  readonly #kept = new Map<string, KeptCommands>();

  constructor(options: SessionTableOptions) {
    this.#clock = options.clock;
    this.#onDue = options.onDue;
    this.#wheel = new DeadlineWheel({
      clock: options.clock,
      onDue: (sessionId, kind) => this.#due(sessionId, kind),
      ...(options.measureMs === undefined ? {} : { measureMs: options.measureMs }),
    });
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Takes a session in; its id must be new here. */
  add(session: LiveSession): void {
    if (this.#slots.has(session.sessionId)) throw new TypeError('the table holds this session already');
    const slot: Slot = { session };
    this.#slots.set(session.sessionId, slot);
    for (const key of groupsOf(session)) this.#groups.add(key, slot);
    this.#arm(session);
  }

  find(sessionId: string): LiveSession | undefined {
    return this.#slots.get(sessionId)?.session;
  }

  /**
   * Replaces a session by what `change` makes of it and returns that; undefined when it is not here (any more).
   * A change to `gone` takes it out, with its deadline and its kept commands.
   */
  update<After extends Session>(
    sessionId: string,
    change: (session: LiveSession) => After,
  ): After | undefined {
    const slot = this.#slots.get(sessionId);
    if (slot === undefined) return undefined;
    const before = slot.session;
    const after: After = change(before);
    if (after.sessionId !== before.sessionId || after.lease.generation < before.lease.generation) {
      throw new TypeError('a transition keeps the session and never takes its lease back');
    }
    if (after.state === 'gone') this.#remove(slot);
    else if (after !== (before as Session)) this.#replace(slot, after);
    return after;
  }

  /** Takes a session out that now belongs to another node; nobody is told (CL2). */
  forget(sessionId: string): void {
    const slot = this.#slots.get(sessionId);
    if (slot !== undefined) this.#remove(slot);
  }

  ofApp(appId: number): readonly LiveSession[] {
    return this.#list(appKey(appId));
  }

  ofUser(appId: number, userId: string): readonly LiveSession[] {
    return this.#list(userKey(appId, userId));
  }

  ofRoom(appId: number, roomId: string): readonly LiveSession[] {
    return this.#list(roomKey(appId, roomId));
  }

  ofConnection(connectionId: string): readonly LiveSession[] {
    return this.#list(connectionKey(connectionId));
  }

  /** How many sessions come from an address: each adds one to its allowance of sockets (WS2). */
  countOfAddress(addressKey: string): number {
    return this.#groups.count(addressKeyOf(addressKey));
  }

  /** How many sessions of an app are here. */
  countOfApp(appId: number): number {
    return this.#groups.count(appKey(appId));
  }

  /** Every session; a session that goes while they are walked is left out. */
  *all(): Generator<LiveSession> {
    for (const { session } of this.#slots.values()) yield session;
  }

  /** Keeps a command for a session that is detached; false when it is not (WS7). */
  keepCommand(sessionId: string, command: CommandMessage): boolean {
    if (this.find(sessionId)?.state !== 'detached') return false;
    const kept = this.#kept.get(sessionId) ?? new KeptCommands();
    this.#kept.set(sessionId, kept);
    kept.add(command);
    return true;
  }

  /** Hands out what was kept, once. */
  takeKept(sessionId: string): KeptForSession {
    const kept = this.#kept.get(sessionId);
    this.#kept.delete(sessionId);
    return { commands: kept?.commands ?? [], lost: kept?.lost ?? 0 };
  }

  /** Ends waiting; the sessions stay as they are. */
  stop(): void {
    this.#wheel.stop();
  }

  #list(key: string): readonly LiveSession[] {
    return this.#groups.list(key).map((slot) => slot.session);
  }

  #replace(slot: Slot, after: LiveSession): void {
    const before = slot.session;
    slot.session = after;
    this.#regroup(slot, connectionKey(connectionOf(before)), connectionKey(connectionOf(after)));
    this.#regroup(slot, addressKeyOf(before.addressKey), addressKeyOf(after.addressKey));
    this.#arm(after);
  }

  #regroup(slot: Slot, from: string, to: string): void {
    if (from === to) return;
    this.#groups.delete(from, slot);
    this.#groups.add(to, slot);
  }

  #remove(slot: Slot): void {
    const { session } = slot;
    this.#slots.delete(session.sessionId);
    for (const key of groupsOf(session)) this.#groups.delete(key, slot);
    this.#wheel.delete(session.sessionId);
    this.#kept.delete(session.sessionId);
  }

  #arm(session: LiveSession): void {
    const deadline = nextDeadline(session);
    if (deadline === undefined) this.#wheel.delete(session.sessionId);
    else this.#wheel.set(session.sessionId, deadline.at, deadline.kind, ranks[deadline.kind]);
  }

  #due(sessionId: string, kind: Deadline['kind']): void {
    const slot = this.#slots.get(sessionId);
    if (slot === undefined) return;
    if (kind === 'warn' || kind === 'lastWarn') this.#warn(slot, kind);
    else this.#wheel.set(sessionId, this.#clock.monoMs() + askAgainAfterMs, kind, ranks[kind]);
    this.#onDue(slot.session, kind);
  }

  #warn(slot: Slot, kind: 'warn' | 'lastWarn'): void {
    // Only a present session has a warning for its next deadline.
    slot.session = markWarned(slot.session as Present, kind, this.#clock.monoMs());
    this.#arm(slot.session);
  }
}

function connectionOf(session: LiveSession): string {
  return session.state === 'present' ? session.connection.connectionId : session.connectionId;
}

function groupsOf(session: LiveSession): readonly string[] {
  const { appId, userId, roomId, addressKey } = session;
  return [
    addressKeyOf(addressKey),
    appKey(appId),
    userKey(appId, userId),
    roomKey(appId, roomId),
    connectionKey(connectionOf(session)),
  ];
}

const addressKeyOf = (addressKey: string): string => `d${addressKey}`;
const appKey = (appId: number): string => `a${appId}`;
const userKey = (appId: number, userId: string): string => `u${appId} ${userId}`;
const roomKey = (appId: number, roomId: string): string => `r${appId} ${roomId}`;
const connectionKey = (connectionId: string): string => `c${connectionId}`;
