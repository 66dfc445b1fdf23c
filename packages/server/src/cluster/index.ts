/**
 * cluster: who is where, how nodes hear of each other, which nodes there are.
 *
 * Owns Directory, Bus and Nodes: sessions' records, room members, streams and numbered events, fences, floors of the
 * rules. Each verb is one atomic step. It never decides who may enter and knows no policy: what counts is in the
 * request. Rules that live here: CL1, CL2 (fence, stale), RM1–RM3 and RM6 as far as they need one step, SE6, SE6a,
 * SE7a, WS7 (the ring). The form in memory is the one a single node runs on; a shared store keeps the same contract
 * (`testing/directory-contract.ts`).
 */
export type { AskOutcome, Bus, NodeMessage, Nodes, Unsubscribe } from './bus.ts';
export type {
  ClaimOutcome,
  ClaimRequest,
  Directory,
  DirectoryOutcome,
  DirectoryRefusal,
  EnterOutcome,
  EnterRequest,
  Fence,
  LeaseRecord,
  NodeId,
  OwnerCall,
  RoomEvent,
  RoomKey,
  RoomSince,
  RoomState,
  SessionQuery,
  SessionRecord,
  StreamClaim,
  StreamRecord,
  TouchRequest,
} from './directory.ts';
export {
  type Cluster,
  createInProcessCluster,
  createInProcessStore,
  type InProcessStore,
  joinStore,
} from './in-process-store.ts';
