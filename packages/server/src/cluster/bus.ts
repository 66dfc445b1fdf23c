import type { NodeId, RoomEvent, RoomKey } from './directory.ts';

/** Stops a subscription or a registration; a second call does no harm. */
export type Unsubscribe = () => void;

/** A message from node to node; `topic` names who handles it. */
export interface NodeMessage {
  readonly topic: string;
  readonly body: unknown;
}

/** What asking all nodes brought (CL4). `silent` did not answer in time. */
export interface AskOutcome {
  readonly answers: ReadonlyMap<NodeId, unknown>;
  readonly silent: readonly NodeId[];
}

/** How nodes hear of rooms and of each other (CL1). */
export interface Bus {
  /**
   * Calls back for each event of a room, in order, from the moment the promise resolves. Subscribe before entering
   * and drop what the snapshot holds already (RM6).
   */
  watchRoom(room: RoomKey, listener: (event: RoomEvent) => void): Promise<Unsubscribe>;
  /** Unnumbered traffic of a room (barrage, commands): delivered to every node that watches, may be lost. */
  tellRoom(room: RoomKey, message: NodeMessage): void;
  /** Calls back for `tellRoom` of a watched room. */
  onRoomMessage(room: RoomKey, listener: (message: NodeMessage) => void): Unsubscribe;
  /** Sends to one node, at most once. */
  tell(node: NodeId, message: NodeMessage): void;
  /** Asks every live node, this one included, and waits at most `withinMs` (CL4). */
  ask(message: NodeMessage, withinMs: number): Promise<AskOutcome>;
  /** Handles a topic on this node; the result answers `ask`. One handler per topic. */
  handle(topic: string, handler: (body: unknown, from: NodeId) => unknown): Unsubscribe;
}

/** Which nodes there are (CL3). A single node is current as long as it lives. */
export interface Nodes {
  readonly self: NodeId;
  /** Whether this node may decide: a paused process may not (CL3). */
  isCurrent(): boolean;
  live(): Promise<readonly NodeId[]>;
  onDown(listener: (node: NodeId) => void): Unsubscribe;
  /** Runs `task` on one node at a time; stops it when the lead is lost. */
  lead(name: string, task: (signal: AbortSignal) => Promise<void>): Unsubscribe;
}
