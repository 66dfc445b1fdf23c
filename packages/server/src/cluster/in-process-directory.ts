import type { WireRoomEvent } from '@roomkey/protocol';
import type { Clock, UnixMillis } from '#kernel';
import type {
  ClaimOutcome,
  ClaimRequest,
  Directory,
  DirectoryOutcome,
  DirectoryRefusal,
  EnterOutcome,
  EnterRequest,
  NodeId,
  OwnerCall,
  SessionRecord,
  StreamClaim,
  StreamRecord,
  TouchRequest,
} from './directory.ts';
import { DirectoryReads } from './directory-reads.ts';
import { DisplacedMemory } from './displaced-memory.ts';
import type { SessionShelf } from './session-shelf.ts';
import type { StoredRoom, StoredSession } from './stored-room.ts';
import { judgeTicket, rotateTicket, startTicketChain } from './ticket-chain.ts';

const done: DirectoryOutcome = { ok: true };

type Owned = { readonly session: StoredSession; readonly room: StoredRoom };
type Refusal<Name extends string> = { readonly ok: false; readonly refusal: Name };

/** What the in-process directory works on; several nodes may share one. */
export interface InProcessDirectoryOptions {
  readonly clock: Clock;
  readonly shelf: SessionShelf;
  /** Whether a node may write now (CL3). */
  readonly isCurrent: (node: NodeId) => boolean;
}

/**
 * The directory in memory. Each verb does its whole step before it first waits, so no two of them interleave (CL1).
 */
export class InProcessDirectory extends DirectoryReads implements Directory {
  readonly #clock: Clock;
  readonly #isCurrent: (node: NodeId) => boolean;
  readonly #displaced = new DisplacedMemory();
  #lastFence = 0;

  constructor(options: InProcessDirectoryOptions) {
    super(options.shelf);
    this.#clock = options.clock;
    this.#isCurrent = options.isCurrent;
  }

  async enter(request: EnterRequest): Promise<EnterOutcome> {
    const { session } = request;
    if (this.shelf.findSession(session.sessionId) !== undefined) {
      throw new TypeError('a session enters once; another login needs another session id');
    }
    if (!this.#isCurrent(request.nodeId)) return refuse('fenced');
    if (request.rulesVersion < this.shelf.rulesFloor(session.appId)) return refuse('stale');
    const earlier = this.shelf.sessionsOfUser(session.appId, session.userId);
    if (earlier.some((other) => keepsOut(other.record, request))) return refuse('userElsewhere');
    const leaving = earlier.filter((other) => other.record.connectionId !== session.connectionId);
    if (this.#isFull(request, leaving)) return refuse('roomFull');

    const at = this.#clock.wallMs();
    const room = this.shelf.openRoom(session, request.maxMemberCount);
    const displaced = leaving.map((other) => other.record);
    for (const other of leaving) this.#displace(other, at);
    const fence = this.#nextFence();
    const record: SessionRecord = {
      ...session,
      roomSessionId: room.roomSessionId,
      nodeId: request.nodeId,
      fence,
      state: 'present',
    };
    const tickets = startTicketChain(request.resumeTicketHash);
    this.shelf.add({ record, tickets, streams: undefined, nextOfUser: undefined }, room, at);
    for (const other of displaced) this.shelf.closeIfOver(other);
    return { ok: true, fence, roomSessionId: room.roomSessionId, room: room.state(), displaced };
  }

  async touch(request: TouchRequest): Promise<DirectoryOutcome> {
    const owned = this.#own(request);
    if ('refusal' in owned) return owned;
    const { session } = owned;
    if (request.rulesVersion < this.shelf.rulesFloor(session.record.appId)) return refuse('stale');
    // A lease never goes back: two renewals that overtake each other leave the newer one standing (SE2).
    if (request.lease.generation < session.record.lease.generation) return refuse('stale');
    session.record = { ...session.record, lease: request.lease };
    if (request.nextTicketHash !== undefined) {
      session.tickets = rotateTicket(session.tickets, request.nextTicketHash, this.#clock.monoMs());
    }
    return done;
  }

  async present(
    call: OwnerCall & { readonly state: 'present' | 'detached' | 'absent' },
  ): Promise<DirectoryOutcome> {
    const owned = this.#own(call);
    if ('refusal' in owned) return owned;
    const { session, room } = owned;
    const before = session.record.state;
    const at = this.#clock.wallMs();
    session.record = { ...session.record, state: call.state };
    if (call.state === 'absent' && before !== 'absent') this.shelf.makeAbsent(session, room, at);
    if (call.state !== 'absent' && before === 'absent') this.#return(session, room, at);
    return done;
  }

  async leave(
    call: OwnerCall & { readonly reason: 1 | 2 | 3 | 4 | 5 | 6; readonly displaced?: boolean },
  ): Promise<DirectoryOutcome> {
    const owned = this.#own(call);
    if ('refusal' in owned) return owned;
    const { session } = owned;
    if (call.displaced === true) {
      this.#displaced.add(session.record.sessionId, session.tickets, this.#clock.monoMs());
    }
    this.shelf.remove(session, call.reason, this.#clock.wallMs());
    this.shelf.closeIfOver(session.record);
    return done;
  }

  async claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const mono = this.#clock.monoMs();
    if (!this.#isCurrent(request.nodeId)) return refuse('fenced');
    if (this.#displaced.has(request.sessionId, request.ticketHash, mono)) return refuse('displaced');
    const session = this.shelf.findSession(request.sessionId);
    const standing = session && judgeTicket(session.tickets, request.ticketHash, mono);
    if (session === undefined || standing === 'unknown') return refuse('unknown');
    const before = session.record;
    if (standing === 'older') {
      this.shelf.remove(session, 4, request.now);
      this.shelf.closeIfOver(before);
      return { ...refuse('reused'), ended: before };
    }
    if (request.rulesVersion < this.shelf.rulesFloor(before.appId)) return refuse('stale');
    const room = this.shelf.findRoom(before);
    // Whoever is absent takes a place again: when there is none, only a login tells why (RM2).
    if (room === undefined || (before.state === 'absent' && room.isFull(null))) return refuse('unknown');

    session.tickets = rotateTicket(session.tickets, request.nextTicketHash, mono, request.ticketHash);
    session.record = {
      ...before,
      nodeId: request.nodeId,
      connectionId: request.connectionId,
      fence: this.#nextFence(),
      state: 'present',
    };
    if (before.state === 'absent') this.#return(session, room, request.now);
    return {
      ok: true,
      session: session.record,
      previousNodeId: before.nodeId,
      previousConnectionId: before.connectionId,
    };
  }

  async claimStream(
    claim: StreamClaim,
  ): Promise<
    | { readonly ok: true; readonly stream: StreamRecord }
    | Refusal<DirectoryRefusal | 'duplicate' | 'staleLease'>
  > {
    const owned = this.#own(claim);
    if ('refusal' in owned) return owned;
    const { session } = owned;
    const { record } = session;
    if (record.state === 'absent') return refuse('gone');
    const { lease, appId, roomId, sessionId, userId, userName } = record;
    if (lease.lapsed || lease.generation !== claim.leaseGeneration) return refuse('staleLease');
    const { streamId, extraInfo } = claim;
    const owner = this.shelf.streamOwner(appId, streamId);
    if (owner !== undefined && owner !== session) return refuse('duplicate');
    const own = session.streams?.find((stream) => stream.streamId === streamId);
    if (own !== undefined) return { ok: true, stream: own };
    const stream = { appId, roomId, streamId, sessionId, userId, userName, extraInfo, up: false };
    this.shelf.putStream(session, stream);
    return { ok: true, stream };
  }

  async streamUp(call: OwnerCall & { readonly streamId: string }): Promise<DirectoryOutcome> {
    return this.#changeStream(call, (stream, { session, room }) => {
      if (stream.up) return;
      this.shelf.putStream(session, { ...stream, up: true });
      room.tellStream('added', stream, this.#clock.wallMs());
    });
  }

  async releaseStream(
    call: OwnerCall & { readonly streamId: string; readonly reason: 1 | 2 | 3 | 4 | 5 | 6 },
  ): Promise<DirectoryOutcome> {
    return this.#changeStream(call, (stream, { session }) => {
      this.shelf.dropStream(session, stream, call.reason, this.#clock.wallMs());
    });
  }

  async setStreamExtraInfo(
    call: OwnerCall & { readonly streamId: string; readonly extraInfo: string },
  ): Promise<DirectoryOutcome> {
    return this.#changeStream(call, (before, { session, room }) => {
      const stream = { ...before, extraInfo: call.extraInfo };
      this.shelf.putStream(session, stream);
      if (stream.up) room.tellStream('changed', stream, this.#clock.wallMs());
    });
  }

  async append(
    call: OwnerCall & { readonly event: WireRoomEvent; readonly at: UnixMillis },
  ): Promise<{ readonly ok: true; readonly seq: number } | Refusal<DirectoryRefusal>> {
    const owned = this.#own(call);
    if ('refusal' in owned) return owned;
    if (owned.session.record.state === 'absent') return refuse('gone');
    return { ok: true, seq: owned.room.append(call.event, call.sessionId, call.at) };
  }

  async raiseRules(appId: number, version: number): Promise<void> {
    this.shelf.raiseRulesFloor(appId, version);
  }

  #isFull(request: EnterRequest, leaving: readonly StoredSession[]): boolean {
    const room = this.shelf.findRoom(request.session);
    if (room === undefined) return request.maxMembersPerRoom !== null && request.maxMembersPerRoom < 1;
    const freed = leaving.filter((other) => room.has(other.record.sessionId)).length;
    return room.isFull(request.maxMembersPerRoom, freed);
  }

  #displace(session: StoredSession, at: UnixMillis): void {
    this.#displaced.add(session.record.sessionId, session.tickets, this.#clock.monoMs());
    this.shelf.remove(session, 3, at);
  }

  /** An absent session is a member again, in the room's life of now (RM1). */
  #return(session: StoredSession, room: StoredRoom, at: UnixMillis): void {
    room.beginLife(0);
    session.record = { ...session.record, roomSessionId: room.roomSessionId };
    room.addMember(session, at);
  }

  #changeStream(
    call: OwnerCall & { readonly streamId: string },
    change: (stream: StreamRecord, owned: Owned) => void,
  ): DirectoryOutcome {
    const owned = this.#own(call);
    if ('refusal' in owned) return owned;
    const stream = owned.session.streams?.find((own) => own.streamId === call.streamId);
    if (stream === undefined) return refuse('gone');
    change(stream, owned);
    return done;
  }

  #own(call: OwnerCall): Owned | Refusal<'fenced' | 'gone'> {
    if (!this.#isCurrent(call.nodeId)) return refuse('fenced');
    const session = this.shelf.findSession(call.sessionId);
    const room = session && this.shelf.findRoom(session.record);
    if (session === undefined || room === undefined) return refuse('gone');
    const { nodeId, fence } = session.record;
    return nodeId === call.nodeId && fence === call.fence ? { session, room } : refuse('fenced');
  }

  #nextFence(): number {
    this.#lastFence += 1;
    return this.#lastFence;
  }
}

/** Whether an earlier session of the user keeps the newcomer out (SE6, SE6a). */
function keepsOut(earlier: SessionRecord, request: EnterRequest): boolean {
  if (earlier.connectionId === request.session.connectionId) {
    // One connection enters a room once; whoever is absent has lost that connection.
    return earlier.roomId === request.session.roomId;
  }
  if (earlier.lease.byToken && !request.mayDisplaceToken) return true;
  // An absent session is nowhere: it can come back only until somebody enters.
  return request.sameUser === 'rejectNew' && earlier.state !== 'absent';
}

function refuse<const Name extends string>(refusal: Name): Refusal<Name> {
  return { ok: false, refusal };
}
