import type { Clock } from '#kernel';
import type { AskOutcome, Bus, NodeMessage, Unsubscribe } from './bus.ts';
import type { NodeId, RoomEvent, RoomKey } from './directory.ts';

type EventHandler = (event: RoomEvent) => void;
type MessageHandler = (message: NodeMessage) => void;
type TopicHandler = (body: unknown, from: NodeId) => unknown;

/** Who listens where, for all nodes that share a store. */
export interface Switchboard {
  readonly watchers: Map<string, Set<EventHandler>>;
  readonly roomHandlers: Map<string, Set<MessageHandler>>;
  readonly topics: Map<NodeId, Map<string, TopicHandler>>;
  readonly liveNodes: () => readonly NodeId[];
}

/** A switchboard where nobody listens yet. */
export function createSwitchboard(liveNodes: () => readonly NodeId[]): Switchboard {
  return { watchers: new Map(), roomHandlers: new Map(), topics: new Map(), liveNodes };
}

/** Hands an event to the room's watchers: after the step that caused it, in the order of the numbers. */
export function publishEvent(switchboard: Switchboard, room: RoomKey, event: RoomEvent): void {
  deliver(switchboard.watchers.get(roomText(room)), event);
}

/** A node's door to the switchboard. */
export class InProcessBus implements Bus {
  readonly #switchboard: Switchboard;
  readonly #self: NodeId;
  readonly #clock: Clock;

  constructor(switchboard: Switchboard, self: NodeId, clock: Clock) {
    this.#switchboard = switchboard;
    this.#self = self;
    this.#clock = clock;
  }

  async watchRoom(room: RoomKey, listener: EventHandler): Promise<Unsubscribe> {
    return listen(this.#switchboard.watchers, room, (event) => listener(event));
  }

  tellRoom(room: RoomKey, message: NodeMessage): void {
    deliver(this.#switchboard.roomHandlers.get(roomText(room)), message);
  }

  onRoomMessage(room: RoomKey, listener: MessageHandler): Unsubscribe {
    return listen(this.#switchboard.roomHandlers, room, (message) => listener(message));
  }

  tell(node: NodeId, message: NodeMessage): void {
    queueMicrotask(() => {
      if (!this.#switchboard.liveNodes().includes(node)) return;
      this.#switchboard.topics.get(node)?.get(message.topic)?.(message.body, this.#self);
    });
  }

  async ask(message: NodeMessage, withinMs: number): Promise<AskOutcome> {
    const nodes = this.#switchboard.liveNodes();
    const answers = new Map<NodeId, unknown>();
    const asked = nodes.map(async (node) => {
      const handler = this.#switchboard.topics.get(node)?.get(message.topic);
      if (handler === undefined) return;
      answers.set(node, await handler(message.body, this.#self));
    });
    await this.#atMost(withinMs, Promise.allSettled(asked));
    // A copy: an answer that comes too late changes nothing that was reported.
    return { answers: new Map(answers), silent: nodes.filter((node) => !answers.has(node)) };
  }

  handle(topic: string, handler: TopicHandler): Unsubscribe {
    const own = this.#switchboard.topics.get(this.#self) ?? new Map<string, TopicHandler>();
    this.#switchboard.topics.set(this.#self, own);
    if (own.has(topic)) throw new TypeError(`topic ${topic} has a handler already`);
    own.set(topic, handler);
    return () => {
      if (own.get(topic) === handler) own.delete(topic);
    };
  }

  #atMost(withinMs: number, work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(withinMs, resolve);
      void work.finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

function roomText({ appId, roomId }: RoomKey): string {
  return `${appId} ${roomId}`;
}

/** Each listener in a turn of its own: one that fails takes no event from another. */
function deliver<Item>(listeners: Set<(item: Item) => void> | undefined, item: Item): void {
  if (listeners === undefined) return;
  for (const listener of listeners) {
    queueMicrotask(() => {
      if (listeners.has(listener)) listener(item);
    });
  }
}

function listen<Item>(
  map: Map<string, Set<(item: Item) => void>>,
  room: RoomKey,
  listener: (item: Item) => void,
): Unsubscribe {
  const name = roomText(room);
  const listeners = map.get(name) ?? new Set();
  map.set(name, listeners);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && map.get(name) === listeners) map.delete(name);
  };
}
