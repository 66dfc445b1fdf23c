import type { Nodes, Unsubscribe } from './bus.ts';
import type { NodeId } from './directory.ts';

interface Candidate {
  readonly node: NodeId;
  readonly task: (signal: AbortSignal) => Promise<void>;
}

interface Lead {
  readonly waiting: Set<Candidate>;
  leader: Candidate | undefined;
  /** The leader's task is done; it leads on until it withdraws. */
  isDone: boolean;
  stop: AbortController;
}

/** Which nodes share a store, whether each may write, and who leads what (CL3). */
export class NodeRegister {
  readonly #current = new Map<NodeId, boolean>();
  readonly #downListeners = new Map<NodeId, Set<(node: NodeId) => void>>();
  readonly #leads = new Map<string, Lead>();

  add(node: NodeId): void {
    if (this.#current.has(node)) throw new TypeError(`node ${node} has joined already`);
    this.#current.set(node, true);
  }

  /** A node that is paused is not current; it may become so again (CL3). */
  setCurrent(node: NodeId, current: boolean): void {
    if (this.#current.has(node)) this.#current.set(node, current);
  }

  /** The node is gone: the others are told, what it led goes to the next. */
  remove(node: NodeId): void {
    if (!this.#current.delete(node)) return;
    this.#downListeners.delete(node);
    for (const listeners of this.#downListeners.values()) {
      for (const listener of listeners) listener(node);
    }
    for (const [name, lead] of this.#leads) {
      for (const candidate of [...lead.waiting]) {
        if (candidate.node === node) this.#withdraw(name, candidate);
      }
    }
  }

  isCurrent(node: NodeId): boolean {
    return this.#current.get(node) ?? false;
  }

  live(): readonly NodeId[] {
    return [...this.#current.keys()];
  }

  onDown(self: NodeId, listener: (node: NodeId) => void): Unsubscribe {
    const listeners = this.#downListeners.get(self) ?? new Set();
    this.#downListeners.set(self, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  lead(name: string, candidate: Candidate): Unsubscribe {
    const lead = this.#leads.get(name) ?? {
      waiting: new Set(),
      leader: undefined,
      isDone: false,
      stop: new AbortController(),
    };
    this.#leads.set(name, lead);
    lead.waiting.add(candidate);
    this.#elect(name);
    return () => this.#withdraw(name, candidate);
  }

  #elect(name: string): void {
    const lead = this.#leads.get(name);
    const [next] = lead?.waiting ?? [];
    if (lead === undefined || lead.leader !== undefined) return;
    if (next === undefined) {
      this.#leads.delete(name);
      return;
    }
    lead.leader = next;
    lead.isDone = false;
    lead.stop = new AbortController();
    // The next leader starts when the last one has really ended; how it ended is its own affair.
    void settled(next.task(lead.stop.signal)).then(() => {
      lead.isDone = true;
      if (!lead.waiting.has(next)) this.#handOn(name, lead);
    });
  }

  #withdraw(name: string, candidate: Candidate): void {
    const lead = this.#leads.get(name);
    if (lead === undefined || !lead.waiting.delete(candidate)) return;
    if (lead.leader !== candidate) return;
    lead.stop.abort();
    if (lead.isDone) this.#handOn(name, lead);
  }

  #handOn(name: string, lead: Lead): void {
    lead.leader = undefined;
    this.#elect(name);
  }
}

/** The nodes as one of them sees them. */
export class InProcessNodes implements Nodes {
  readonly self: NodeId;
  readonly #register: NodeRegister;

  constructor(register: NodeRegister, self: NodeId) {
    this.#register = register;
    this.self = self;
  }

  isCurrent(): boolean {
    return this.#register.isCurrent(this.self);
  }

  async live(): Promise<readonly NodeId[]> {
    return this.#register.live();
  }

  onDown(listener: (node: NodeId) => void): Unsubscribe {
    return this.#register.onDown(this.self, listener);
  }

  lead(name: string, task: (signal: AbortSignal) => Promise<void>): Unsubscribe {
    return this.#register.lead(name, { node: this.self, task });
  }
}

function settled(work: Promise<void>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}
