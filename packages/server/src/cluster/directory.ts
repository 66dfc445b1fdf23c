import type {
  RoomExtraInfo,
  RoomStream,
  RoomUser,
  StreamDeleteReason,
  WireRoomEvent,
} from '@roomkey/protocol';
import type { UnixMillis } from '#kernel';

/** A node of the cluster; one process. */
export type NodeId = string;

/** Whose write counts: grows with every change of a session's owner (CL2). */
export type Fence = number;

/** A room of an app. */
export interface RoomKey {
  readonly appId: number;
  readonly roomId: string;
}

/** What the directory keeps of a lease: enough to end it under another owner (CL5). */
export interface LeaseRecord {
  readonly generation: number;
  /** Wall clock of the store. */
  readonly endsAt: UnixMillis;
  readonly lapsed: boolean;
  readonly byToken: boolean;
  readonly publish: boolean;
  readonly streams: 'any' | readonly string[];
  /** JSON of the verified credential and expiry mode, opaque to the cluster. */
  readonly credential: string;
}

/** What the directory keeps of a session. */
export interface SessionRecord extends RoomKey {
  readonly sessionId: string;
  readonly roomSessionId: string;
  readonly userId: string;
  readonly userName: string;
  readonly connectionId: string;
  readonly nodeId: NodeId;
  readonly fence: Fence;
  readonly state: 'present' | 'detached' | 'absent';
  readonly lease: LeaseRecord;
  readonly statusNotify: boolean;
  readonly enteredAt: UnixMillis;
}

/** A numbered event of a room (RM6). `bySessionId` lets the room leave out the one who caused it. */
export interface RoomEvent {
  readonly seq: number;
  readonly at: UnixMillis;
  readonly bySessionId: string | undefined;
  readonly event: WireRoomEvent;
}

/** A room as the directory holds it, at position `seq`. */
export interface RoomState {
  readonly seq: number;
  readonly roomSessionId: string;
  /** How many are in the room, listed or not. */
  readonly online: number;
  /** In the order of entering, at most the first 500 (RM2). */
  readonly members: readonly RoomUser[];
  readonly streams: readonly RoomStream[];
  readonly extraInfo: readonly RoomExtraInfo[];
}

/** Why a call changed nothing: the node is not current, the rules have moved on, the session is not there (CL2). */
export type DirectoryRefusal = 'fenced' | 'stale' | 'gone';

/** A login that was admitted and asks to enter. */
export interface EnterRequest {
  readonly nodeId: NodeId;
  /** The version of the rules it was decided by. */
  readonly rulesVersion: number;
  readonly session: Omit<SessionRecord, 'fence' | 'roomSessionId' | 'state' | 'nodeId'>;
  readonly resumeTicketHash: string;
  /** What the member asks for; counts only for the first in the room (RM2). 0 = no limit. */
  readonly maxMemberCount: number;
  /** The policy's bound; null = none. */
  readonly maxMembersPerRoom: number | null;
  readonly sameUser: 'kickEarlier' | 'rejectNew';
  /** False: an AppSign login does not displace a session that a token proved (SE6a). */
  readonly mayDisplaceToken: boolean;
}

/** What entering brought. `displaced` are earlier sessions of the user, already gone from their rooms (SE6). */
export type EnterOutcome =
  | {
      readonly ok: true;
      readonly fence: Fence;
      readonly roomSessionId: string;
      readonly room: RoomState;
      readonly displaced: readonly SessionRecord[];
    }
  | { readonly ok: false; readonly refusal: 'fenced' | 'stale' | 'roomFull' | 'userElsewhere' };

/** A call by the owner of a session. */
export interface OwnerCall {
  readonly nodeId: NodeId;
  readonly sessionId: string;
  readonly fence: Fence;
}

/** What resuming brought: the session under its new fence (SE7). */
export type ClaimOutcome =
  | {
      readonly ok: true;
      readonly session: SessionRecord;
      readonly previousNodeId: NodeId;
      readonly previousConnectionId: string;
    }
  | {
      readonly ok: false;
      readonly refusal: 'fenced' | 'stale' | 'unknown' | 'reused' | 'displaced';
      /** With `reused`: the session that this ended, as it was, so that its owner can be told (SE7a). */
      readonly ended?: SessionRecord;
    };

/** Asks to take a detached or absent session up again (SE7, SE7a). */
export interface ClaimRequest {
  readonly nodeId: NodeId;
  readonly sessionId: string;
  readonly connectionId: string;
  readonly ticketHash: string;
  readonly nextTicketHash: string;
  readonly rulesVersion: number;
  readonly now: UnixMillis;
}

/** A plain outcome of an owner's call. */
export type DirectoryOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly refusal: DirectoryRefusal };

/** A change to a running lease (AD9). */
export interface TouchRequest extends OwnerCall {
  readonly rulesVersion: number;
  readonly lease: LeaseRecord;
  /** The rotated ticket; absent = the tickets stay (SE7a). */
  readonly nextTicketHash?: string;
}

/** Claims a stream id for a session (RM3). It carries the lease generation it was admitted by. */
export interface StreamClaim extends OwnerCall {
  readonly streamId: string;
  readonly extraInfo: string;
  readonly leaseGeneration: number;
}

/** A claimed stream, listed or not yet (RM3). */
export interface StreamRecord extends RoomKey {
  readonly streamId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly userName: string;
  readonly extraInfo: string;
  /** True once the gate has seen the publisher join. */
  readonly up: boolean;
}

/** What to look for; several fields narrow. */
export interface SessionQuery {
  readonly appId: number;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly roomId?: string;
}

/** The next part of a room's event ring after `since`, or a whole state where the ring no longer reaches (WS7). */
export type RoomSince =
  | {
      readonly kind: 'events';
      readonly from: number;
      readonly to: number;
      readonly events: readonly RoomEvent[];
    }
  | { readonly kind: 'snapshot'; readonly room: RoomState }
  | { readonly kind: 'gone' };

/**
 * Who is where: one atomic step per verb, fenced, with the rules version where a decision is behind it (CL1, CL2).
 *
 * In-process it is Maps behind promises; the same contract holds for a store shared by nodes.
 */
export interface Directory {
  /** Enters the room, displaces the user elsewhere, answers `roomFull` or `userElsewhere`, tells the room. */
  enter(request: EnterRequest): Promise<EnterOutcome>;
  /** Replaces the lease of a session that is not gone. */
  touch(request: TouchRequest): Promise<DirectoryOutcome>;
  /** Notes that the socket is there, lost, or lost for so long that the room sees a leave (SE1). */
  present(call: OwnerCall & { readonly state: 'present' | 'detached' | 'absent' }): Promise<DirectoryOutcome>;
  /** Takes the session out: streams released with `reason`, room told once. A second call answers `gone`. */
  leave(
    call: OwnerCall & { readonly reason: StreamDeleteReason; readonly displaced?: boolean },
  ): Promise<DirectoryOutcome>;
  /** Takes a session up under a new fence by its resume ticket. */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** Reserves a stream id, unique per app; `duplicate` when another holds it; `staleLease` when the lease moved on. */
  claimStream(
    claim: StreamClaim,
  ): Promise<
    | { readonly ok: true; readonly stream: StreamRecord }
    | { readonly ok: false; readonly refusal: DirectoryRefusal | 'duplicate' | 'staleLease' }
  >;
  /** Lists a claimed stream: the room is told it was added (RM3). */
  streamUp(call: OwnerCall & { readonly streamId: string }): Promise<DirectoryOutcome>;
  /** Gives a stream back; the room is told if it was listed. */
  releaseStream(
    call: OwnerCall & { readonly streamId: string; readonly reason: StreamDeleteReason },
  ): Promise<DirectoryOutcome>;
  /** Changes extra info of an own stream, up or not. */
  setStreamExtraInfo(
    call: OwnerCall & { readonly streamId: string; readonly extraInfo: string },
  ): Promise<DirectoryOutcome>;
  /** Appends an event to the ring of the session's room; `extraInfo` also becomes the room's state. */
  append(
    call: OwnerCall & { readonly event: WireRoomEvent; readonly at: UnixMillis },
  ): Promise<
    { readonly ok: true; readonly seq: number } | { readonly ok: false; readonly refusal: DirectoryRefusal }
  >;
  /** How many are in the room now; 0 when it does not exist (RM6). */
  online(room: RoomKey): Promise<number>;
  /** The state of a room now; undefined when it does not exist. */
  snapshot(room: RoomKey): Promise<RoomState | undefined>;
  /** What happened after `seq`, from the ring of 256 events or 64 KiB, else the whole state (WS7). */
  since(room: RoomKey, seq: number): Promise<RoomSince>;
  /** Sessions that match, at most `limit` (default 1000). */
  find(query: SessionQuery, limit?: number): Promise<readonly SessionRecord[]>;
  /** Streams of a session or of a room. */
  streams(query: RoomKey | { readonly sessionId: string }): Promise<readonly StreamRecord[]>;
  /** Rooms of an app with how many members, at most `limit`. */
  rooms(
    appId: number,
    limit?: number,
  ): Promise<readonly { readonly roomId: string; readonly online: number }[]>;
  /** From now on a decision made under older rules is `stale` (CL2). Never lowers. */
  raiseRules(appId: number, version: number): Promise<void>;
}
