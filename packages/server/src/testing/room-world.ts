import { type Cluster, createInProcessStore, joinStore, type RoomState } from '#cluster';
import { RoomHub } from '#rooms';
import { type Present, SessionTable, toLeaseRecord } from '#sessions';
import { FakeClock } from './fake-clock.ts';
import { RecordingSink, sampleConnection, sampleLease, sampleSession } from './session-samples.ts';

/** One node's part of a room world. */
export interface RoomNode {
  readonly cluster: Cluster;
  readonly sessions: SessionTable;
  readonly hub: RoomHub;
}

/** Somebody in a room, with the frames it got. */
export interface RoomGuest {
  readonly session: Present;
  readonly sink: RecordingSink;
  /** The room at the moment of entering. */
  readonly state: RoomState;
  readonly call: { readonly nodeId: string; readonly sessionId: string; readonly fence: number };
  readonly node: RoomNode;
}

/** What `enter` may be told. */
export interface GuestChanges {
  readonly statusNotify?: boolean;
  readonly node?: RoomNode;
  readonly roomId?: string;
}

/** Nodes that share a store in memory, and guests that enter as access lets them: seat, directory, table, seat. */
export class RoomWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly #store = createInProcessStore(this.clock);
  readonly a: RoomNode = this.join('a');

  join(nodeId: string): RoomNode {
    const cluster = joinStore(this.#store, nodeId);
    const sessions = new SessionTable({ clock: this.clock, onDue: () => undefined });
    const { bus, directory } = cluster;
    return { cluster, sessions, hub: new RoomHub({ clock: this.clock, bus, directory, sessions }) };
  }

  /** Lets what has been started come through, without time passing. */
  async settle(): Promise<void> {
    await this.clock.advance(0);
  }

  async enter(userId: string, changes: GuestChanges = {}): Promise<RoomGuest> {
    const { node = this.a, statusNotify = false, roomId = 'lobby' } = changes;
    const { hub, sessions, cluster } = node;
    const sink = new RecordingSink();
    const connection = sampleConnection(`connection of ${userId}`, sink);
    const lease = sampleLease(3_600_000, this.clock.monoMs());
    const seat = await hub.reserve({ appId: 7, roomId });
    const nodeId = cluster.nodes.self;
    const outcome = await cluster.directory.enter({
      nodeId,
      rulesVersion: 1,
      session: {
        appId: 7,
        roomId,
        sessionId: `session of ${userId}`,
        userId,
        userName: userId,
        connectionId: connection.connectionId,
        lease: toLeaseRecord(lease),
        statusNotify,
        enteredAt: this.clock.wallMs(),
      },
      resumeTicketHash: `ticket of ${userId}`,
      maxMemberCount: 0,
      maxMembersPerRoom: null,
      sameUser: 'kickEarlier',
      mayDisplaceToken: true,
    });
    if (!outcome.ok) throw new Error(`did not enter: ${outcome.refusal}`);
    const { fence, room: state } = outcome;
    const sessionId = `session of ${userId}`;
    const session = sampleSession(sessionId, lease, {
      userId,
      userName: userId,
      roomId,
      connection,
      statusNotify,
      fence,
    });
    sessions.add(session);
    seat.take(session, state.seq);
    return { session, sink, state, node, call: { nodeId, sessionId, fence } };
  }

  async leave({ node, call, session }: RoomGuest): Promise<void> {
    await node.cluster.directory.leave({ ...call, reason: 1 });
    node.hub.drop(session);
    node.sessions.forget(call.sessionId);
  }
}
