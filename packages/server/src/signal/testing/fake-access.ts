import type { RoomSnapshot } from '@roomkey/protocol';
import type { Access, Answer, CredentialContext, Entered, RefusedAnswer } from '#access';
import type { MonoMillis } from '#kernel';
import type { Connection } from '#sessions';

/** One call that reached access. */
export interface AccessCall {
  readonly verb: string;
  readonly connection: Connection;
  readonly message: unknown;
  readonly context: CredentialContext | undefined;
}

type Script = (connection: Connection) => Answer<object> | Promise<Answer<object>>;

/** A room at position 1 that nobody is in. */
export function emptyRoom(roomId: string): RoomSnapshot {
  return { roomId, seq: 1, streams: [], extraInfo: [], online: 0 };
}

/**
 * Access for tests of the sockets: it grants what it is asked, unless a script says otherwise, keeps count of sessions
 * as access would, and remembers the calls.
 */
export class FakeAccess implements Access {
  readonly calls: AccessCall[] = [];
  readonly lost: { readonly connection: Connection; readonly lastFrameAtMono: MonoMillis }[] = [];
  readonly sessions: Map<Connection, number> = new Map();
  /** What a verb answers instead of granting. */
  readonly scripts: Map<string, Script> = new Map();
  isOpen = true;
  sessionsOfAddress = 0;
  onSnapshot: (roomId: string) => RefusedAnswer | undefined = () => undefined;

  login: Access['login'] = (connection, message, context) =>
    this.#enter('login', { connection, message, context });
  switchRoom: Access['switchRoom'] = (connection, message, context) =>
    this.#enter('switchRoom', { connection, message, context });
  resume: Access['resume'] = (connection, message, context) =>
    this.#enter('resume', { connection, message, context }) as ReturnType<Access['resume']>;
  renew: Access['renew'] = (connection, message) => this.#grant('renew', connection, message);
  publish: Access['publish'] = (connection, message) => this.#grant('publish', connection, message);
  unpublish: Access['unpublish'] = (connection, message) => this.#grant('unpublish', connection, message);
  play: Access['play'] = (connection, message) => this.#grant('play', connection, message);
  stopPlay: Access['stopPlay'] = (connection, message) => this.#grant('stopPlay', connection, message);
  planeTicket: Access['planeTicket'] = (connection, message) =>
    this.#grant('planeTicket', connection, message);
  sendBroadcast: Access['sendBroadcast'] = (connection, message) =>
    this.#grant('sendBroadcast', connection, message);
  sendBarrage: Access['sendBarrage'] = (connection, message) =>
    this.#grant('sendBarrage', connection, message);
  sendCommand: Access['sendCommand'] = (connection, message) =>
    this.#grant('sendCommand', connection, message);
  setRoomExtraInfo: Access['setRoomExtraInfo'] = (connection, message) =>
    this.#grant('setRoomExtraInfo', connection, message);
  setStreamExtraInfo: Access['setStreamExtraInfo'] = (connection, message) =>
    this.#grant('setStreamExtraInfo', connection, message);

  async logout(connection: Connection, roomId: string): Promise<Answer<object>> {
    this.sessions.delete(connection);
    return await this.#grant('logout', connection, roomId);
  }

  async snapshot(
    connection: Connection,
    roomId: string,
    send: (snapshot: RoomSnapshot) => void,
  ): Promise<RefusedAnswer | undefined> {
    this.calls.push({ verb: 'snapshot', connection, message: roomId, context: undefined });
    const refused = this.onSnapshot(roomId);
    if (refused === undefined) send(emptyRoom(roomId));
    return refused;
  }

  connectionLost(connection: Connection, lastFrameAtMono: MonoMillis): void {
    this.lost.push({ connection, lastFrameAtMono });
    this.sessions.delete(connection);
  }

  sessionsOf(connection: Connection): number {
    return this.sessions.get(connection) ?? 0;
  }

  sessionsFrom(): number {
    return this.sessionsOfAddress;
  }

  admits(): boolean {
    return this.isOpen;
  }

  /** Calls of one verb, in order. */
  of(verb: string): readonly AccessCall[] {
    return this.calls.filter((call) => call.verb === verb);
  }

  /** The connection of the latest call; fails when there was none. */
  get latest(): Connection {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error('nothing has reached access yet');
    return call.connection;
  }

  async #enter(verb: string, call: Omit<AccessCall, 'verb'>): Promise<Answer<Entered>> {
    this.calls.push({ verb, ...call });
    const answer = (await this.scripts.get(verb)?.(call.connection)) ?? { ok: true, result: { room: {} } };
    if (answer.ok) this.sessions.set(call.connection, this.sessionsOf(call.connection) + 1);
    return answer as Answer<Entered>;
  }

  async #grant<Result>(verb: string, connection: Connection, message: unknown): Promise<Answer<Result>> {
    this.calls.push({ verb, connection, message, context: undefined });
    const answer = (await this.scripts.get(verb)?.(connection)) ?? { ok: true, result: {} };
    return answer as Answer<Result>;
  }
}

/** A script that refuses. */
export function refusing(error: RefusedAnswer['error'], more: Partial<RefusedAnswer> = {}): Script {
  return () => ({ ok: false, error, ...more });
}
