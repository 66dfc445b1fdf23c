import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CloseName, limits, signalPath, subprotocol } from '@roomkey/protocol';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Access } from '#access';
import type { Clock, Logger, Timer, UnixMillis } from '#kernel';
import { ConnectionList } from './connection-list.ts';
import { FrameEncoder } from './frame-encoder.ts';
import { receiveFrame } from './receive-frame.ts';
import { refuseUpgrade, type UpgradeRefusal } from './refuse-upgrade.ts';
import { SignalConnection } from './signal-connection.ts';
import type { SignalParts } from './signal-parts.ts';
import { connectionOf, SignalSocket } from './signal-socket.ts';
import { sweep } from './sweep.ts';

/** What the signal connections of a node stand on. */
export interface SignalOptions {
  /** Its `upgrade` event is taken over, for every path. */
  readonly server: Server;
  readonly access: Access;
  readonly clock: Clock;
  /** Decision time (SE3a). */
  readonly wallMs: () => UnixMillis;
  readonly logger: Logger;
  /** The client's bucket key: the address, or the /64 for IPv6 (WS2). Proxies are the caller's to see through. */
  readonly addressOf: (request: IncomingMessage) => { readonly addressKey: string };
  /** Sockets of this node, admitted or not; over it an upgrade is answered 503. */
  readonly maxConnections: number;
  /** Sockets of one address that are not admitted, beside one more for each of its sessions. Default 200 (WS2). */
  readonly unadmittedPerAddress?: number;
  /** 0 ≤ x < 1; default `Math.random`. Spreads the clients of a node that drains (SE9). */
  readonly random?: () => number;
}

/** The signal connections of a node. */
export interface Signal {
  /** Open sockets, those that are closing included. */
  readonly connections: number;
  /** Open sockets that carry no session. */
  readonly unadmitted: number;
  /** Opens no more sockets and asks every client to resume elsewhere, after one to two times that long (SE9). */
  drain(resumeAfterMs: number): void;
  /** Closes all sockets; their sessions are detached at once. */
  closeAll(close: CloseName): void;
  /** Closes what is open, `draining`, and resolves when the last socket is gone: at most 5 s of the clock. */
  stop(): Promise<void>;
}

const sweepEveryMs = 1_000;

/** Listens for signal connections on an HTTP server that the caller starts and stops (WS1). */
export function createSignal(options: SignalOptions): Signal {
  return new SignalServer(options);
}

class SignalServer implements Signal {
  readonly #options: SignalOptions;
  readonly #parts: SignalParts;
  readonly #upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    handleProtocols: () => subprotocol,
    WebSocket: SignalSocket,
  });
  readonly #onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly #onMessage: (this: WebSocket, data: RawData, isBinary: boolean) => void;
  readonly #onClose: (this: WebSocket) => void;
  readonly #onError: (this: WebSocket, failure: Error) => void;
  #timer: Timer | undefined;
  #isDraining = false;
  /** Called when the last socket is gone. */
  #onEmpty: (() => void) | undefined;

  constructor(options: SignalOptions) {
    const { access, clock, wallMs, logger } = options;
    this.#options = options;
    const parts = { access, clock, wallMs, logger, encoder: new FrameEncoder(), list: new ConnectionList() };
    this.#parts = parts;
    // One function each for all sockets: a closure per socket would be the largest part of an idle one.
    this.#onMessage = function (data, isBinary) {
      const connection = connectionOf(this);
      if (connection === undefined) return;
      receiveFrame(parts, connection, isBinary ? undefined : bufferOf(data));
    };
    const noteEmpty = (): void => this.#onEmpty?.();
    this.#onClose = function () {
      const connection = connectionOf(this);
      if (connection === undefined) return;
      connection.lose();
      parts.list.remove(connection);
      if (parts.list.size === 0) noteEmpty();
    };
    this.#onError = function (failure) {
      // The close follows by itself; the peer's faults are its own (1009 for a frame over the limit).
      logger.debug({ err: failure, connectionId: connectionOf(this)?.connectionId }, 'a socket failed');
    };
    this.#onUpgrade = (request, socket, head) => this.#upgrade(request, socket, head);
    options.server.on('upgrade', this.#onUpgrade);
  }

  get connections(): number {
    return this.#parts.list.size;
  }

  get unadmitted(): number {
    return this.#parts.list.unadmitted;
  }

  drain(resumeAfterMs: number): void {
    this.#isDraining = true;
    const random = this.#options.random ?? Math.random;
    for (const connection of this.#parts.list.values()) {
      if (!connection.hasGreeted) continue;
      connection.send({ t: 'drain', resumeAfterMs: Math.floor(resumeAfterMs * (1 + random())) }, 'event');
    }
  }

  closeAll(close: CloseName): void {
    for (const connection of this.#parts.list.values()) connection.end(close);
  }

  async stop(): Promise<void> {
    this.#isDraining = true;
    const gone = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    this.closeAll('draining');
    if (this.connections > 0) await gone;
    this.#timer?.cancel();
    this.#options.server.off('upgrade', this.#onUpgrade);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { addressKey } = this.#options.addressOf(request);
    const refusal = this.#findRefusal(request, addressKey);
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#upgrades.handleUpgrade(request, socket, head, (opened) => this.#open(opened, request, addressKey));
  }

  #findRefusal(request: IncomingMessage, addressKey: string): UpgradeRefusal | undefined {
    const { access, list } = this.#parts;
    const { maxConnections, unadmittedPerAddress = limits.unadmittedPerAddress } = this.#options;
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== signalPath) return 404;
    if (!protocolsOf(request).includes(subprotocol)) return 400;
    if (this.#isDraining || !access.admits() || list.size >= maxConnections) return 503;
    const allowance = unadmittedPerAddress + access.sessionsFrom(addressKey);
    return list.unadmittedFrom(addressKey) >= allowance ? 429 : undefined;
  }

  #open(socket: SignalSocket, request: IncomingMessage, addressKey: string): void {
    const { host = '', origin } = request.headers;
    const connection = new SignalConnection(this.#parts, socket, {
      addressKey,
      host: host.toLowerCase(),
      origin,
    });
    socket.connection = connection;
    socket.on('message', this.#onMessage);
    socket.on('close', this.#onClose);
    socket.on('error', this.#onError);
    this.#parts.list.add(connection);
    this.#timer ??= this.#parts.clock.setTimer(sweepEveryMs, this.#sweep);
  }

  readonly #sweep = (): void => {
    sweep(this.#parts);
    this.#timer = this.connections > 0 ? this.#parts.clock.setTimer(sweepEveryMs, this.#sweep) : undefined;
  };
}

function protocolsOf(request: IncomingMessage): readonly string[] {
  const said = request.headers['sec-websocket-protocol'] ?? '';
  return said.split(',').map((name) => name.trim());
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
