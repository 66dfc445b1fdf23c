import {
  type Access,
  type AccessParts,
  type ActBook,
  applyRulesHere,
  applyRulesTopic,
  createAccess,
  createLeaseDesk,
  createOwnerDesk,
  FailureBuckets,
  type Gatekeeper,
  LocalStreams,
  type OwnerDesk,
  releaseUndialled,
  runDeadline,
} from '#access';
import { createInProcessCluster } from '#cluster';
import {
  type Clock,
  createDecisionTime,
  createId,
  type Disposer,
  type Logger,
  type UnixMillis,
} from '#kernel';
import type { LeaseDesk, Plane } from '#planes';
import { imagineRules, type OwnedRules } from '#policy';
import { MessageLimits, RoomHub, RoomMessages, StreamChanges } from '#rooms';
import { SessionTable } from '#sessions';

/** Makes a plane over the desk it has to ask (PL1). */
export type PlaneFactory = (desk: LeaseDesk) => Plane;

/** What the door is built over. */
export interface DoorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rules: OwnedRules;
  readonly book: AccessParts['book'];
  readonly refusals: AccessParts['refusals'];
  readonly acts: ActBook;
  readonly publicHosts: ReadonlySet<string>;
  readonly planes: readonly PlaneFactory[];
  /** Decision time, shared with whoever else judges by it (SE3a). */
  readonly now: () => UnixMillis;
  readonly disposer: Disposer;
}

/** The live part of a server: who is in, by which lease, and the verbs that change it. */
export interface Door {
  readonly access: Access;
  readonly ownerDesk: OwnerDesk;
  readonly leaseDesk: LeaseDesk;
  readonly sessions: SessionTable;
  readonly gatekeeper: Gatekeeper;
}

/** Decision time of a server on its clock; a step that was believed is an alarm (SE3a). */
export function createServerTime(clock: Clock, logger: Logger): () => UnixMillis {
  return createDecisionTime(clock, (stepMs) => logger.error({ stepMs }, 'the wall clock stepped'));
}

/** Puts sessions, rooms and access together over an in-process cluster. */
export function createDoor(options: DoorOptions): Door {
  const { clock, logger, rules, disposer, now } = options;
  const cluster = createInProcessCluster({ clock, nodeId: createId() });
  const { directory, bus, nodes } = cluster;
  const sessions = new SessionTable({ clock, onDue: (session, kind) => runDeadline(parts, session, kind) });
  const rooms = new RoomHub({ clock, bus, directory, sessions });
  const limits = new MessageLimits(clock);
  const planes: Plane[] = [];
  const streams = new LocalStreams(clock, (sessionId, streamId) =>
    releaseUndialled(parts, sessionId, streamId),
  );
  const streamChanges = new StreamChanges(clock, directory);
  const parts: AccessParts = {
    clock,
    now,
    rules,
    keyUse: rules.keyUse,
    issuerClocks: rules.issuerClocks,
    ...cluster,
    sessions,
    rooms,
    messages: new RoomMessages({ clock, nodeId: nodes.self, directory, hub: rooms, limits }),
    streamChanges,
    streams,
    failures: new FailureBuckets(),
    answering: new Map(),
    planes,
    book: options.book,
    refusals: options.refusals,
    acts: options.acts,
    logger,
    publicHosts: options.publicHosts,
  };
  const leaseDesk = createLeaseDesk(parts);
  planes.push(...options.planes.map((factory) => factory(leaseDesk)));
  disposer.add(() => rooms.stop());
  disposer.add(() => {
    sessions.stop();
    streams.stop();
    streamChanges.stop();
  });
  disposer.add(bus.handle(applyRulesTopic, (body) => applyRulesHere(parts, body)));
  const gatekeeper: Gatekeeper = { admits: true };
  return {
    access: createAccess(parts, gatekeeper),
    ownerDesk: createOwnerDesk({
      parts,
      imagine: (before, edit) => imagineRules(before, edit, { now: now(), clocks: rules.issuerClocks }),
    }),
    leaseDesk,
    sessions,
    gatekeeper,
  };
}
