import type { Clock } from '#kernel';
import type { Bus, Nodes } from './bus.ts';
import type { Directory, NodeId } from './directory.ts';
import { createSwitchboard, InProcessBus, publishEvent, type Switchboard } from './in-process-bus.ts';
import { InProcessDirectory } from './in-process-directory.ts';
import { InProcessNodes, NodeRegister } from './in-process-nodes.ts';
import { SessionShelf } from './session-shelf.ts';

/** What a node has of the cluster (CL1). */
export interface Cluster {
  readonly directory: Directory;
  readonly bus: Bus;
  readonly nodes: Nodes;
}

/** A store in memory that one node uses alone, or several in a test of what nodes do to each other. */
export interface InProcessStore {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly switchboard: Switchboard;
  readonly register: NodeRegister;
}

/** An empty store. */
export function createInProcessStore(clock: Clock): InProcessStore {
  const register = new NodeRegister();
  const switchboard = createSwitchboard(() => register.live());
  const shelf = new SessionShelf((room, event) => publishEvent(switchboard, room.key, event));
  const directory = new InProcessDirectory({ clock, shelf, isCurrent: (node) => register.isCurrent(node) });
  return { clock, directory, switchboard, register };
}

/** Makes a node of the store; its id must be new there. */
export function joinStore(store: InProcessStore, nodeId: NodeId): Cluster {
  store.register.add(nodeId);
  return {
    directory: store.directory,
    bus: new InProcessBus(store.switchboard, nodeId, store.clock),
    nodes: new InProcessNodes(store.register, nodeId),
  };
}

/** A cluster of one node in this process: current as long as it lives, empty after a restart (SE7a). */
export function createInProcessCluster(options: { readonly clock: Clock; readonly nodeId: NodeId }): Cluster {
  return joinStore(createInProcessStore(options.clock), options.nodeId);
}
