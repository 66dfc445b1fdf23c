import type {
  EnteredResult,
  LoginMessage,
  PlaneTicketMessage,
  PlayMessage,
  PublishMessage,
  RenewedResult,
  RenewMessage,
  ResumedResult,
  ResumeMessage,
  RoomkeyErrorName,
  RoomSnapshot,
  SendBarrageMessage,
  SendBroadcastMessage,
  SendCommandMessage,
  SetRoomExtraInfoMessage,
  SetStreamExtraInfoMessage,
  StopPlayMessage,
  SwitchRoomMessage,
  UnpublishMessage,
  WireTicket,
} from '@roomkey/protocol';
import type { MonoMillis } from '#kernel';
import type { Connection } from '#sessions';

/** A request that was refused: what goes to the client, and no more (AD13). */
export interface RefusedAnswer {
  readonly ok: false;
  readonly error: RoomkeyErrorName;
  readonly diagnosis?: string;
  readonly retryAfterMs?: number;
}

/** What a verb brought: its result, or one coded refusal. */
export type Answer<Result> = Granted<Result> | RefusedAnswer;

/** A result. `afterSend` is called in the same turn in which the answer was given to the socket: events follow it (RM6). */
export interface Granted<Result> {
  readonly ok: true;
  readonly result: Result;
  readonly afterSend?: () => void;
}

/** What a socket knows beside the message: the challenge that was spent for it, and where the page came from. */
export interface CredentialContext {
  /** The challenge that was outstanding and still valid; already spent (AD2). */
  readonly challenge: string | undefined;
  /** The Origin header of a browser; undefined for others (WS14). */
  readonly origin: string | undefined;
}

/** `nextChallenge` is the socket's to add (AD2). */
export type Entered = Omit<EnteredResult, 'nextChallenge'>;

/**
 * The verbs of the signal connection. Ids, rights and order of steps are checked here; frames, sizes, buckets per verb
 * and challenges are the socket's.
 */
export interface Access {
  login(connection: Connection, message: LoginMessage, context: CredentialContext): Promise<Answer<Entered>>;
  switchRoom(
    connection: Connection,
    message: SwitchRoomMessage,
    context: CredentialContext,
  ): Promise<Answer<Entered>>;
  renew(connection: Connection, message: RenewMessage): Promise<Answer<RenewedResult>>;
  resume(
    connection: Connection,
    message: ResumeMessage,
    context: CredentialContext,
  ): Promise<Answer<ResumedResult>>;
  logout(connection: Connection, roomId: string): Promise<Answer<object>>;
  publish(connection: Connection, message: PublishMessage): Promise<Answer<{ ticket: WireTicket | null }>>;
  unpublish(connection: Connection, message: UnpublishMessage): Promise<Answer<object>>;
  play(connection: Connection, message: PlayMessage): Promise<Answer<{ ticket: WireTicket | null }>>;
  stopPlay(connection: Connection, message: StopPlayMessage): Promise<Answer<object>>;
  planeTicket(connection: Connection, message: PlaneTicketMessage): Promise<Answer<{ ticket: WireTicket }>>;
  sendBroadcast(
    connection: Connection,
    message: SendBroadcastMessage,
  ): Promise<Answer<{ messageId: string }>>;
  sendBarrage(connection: Connection, message: SendBarrageMessage): Promise<Answer<{ messageId: string }>>;
  sendCommand(connection: Connection, message: SendCommandMessage): Promise<Answer<object>>;
  setRoomExtraInfo(connection: Connection, message: SetRoomExtraInfoMessage): Promise<Answer<object>>;
  setStreamExtraInfo(connection: Connection, message: SetStreamExtraInfoMessage): Promise<Answer<object>>;
  /**
   * Hands the room as it is now to `send`, which gives it to the socket at once: events go on behind it (WS7). For the
   * `snapshot` verb, and for sockets that had to drop membership frames (WS11).
   */
  snapshot(
    connection: Connection,
    roomId: string,
    send: (snapshot: RoomSnapshot) => void,
  ): Promise<RefusedAnswer | undefined>;
  /** The socket is gone: its sessions are detached, or left if the client had logged out (SE1). */
  connectionLost(connection: Connection, lastFrameAtMono: MonoMillis): void;
  /** How many sessions this connection carries now: 0 = not admitted (WS2). */
  sessionsOf(connection: Connection): number;
  /** How many admitted sessions come from this address: each adds one to its allowance of sockets (WS2). */
  sessionsFrom(addressKey: string): number;
  /** False while the server drains: no new admission (SE9). */
  admits(): boolean;
}
