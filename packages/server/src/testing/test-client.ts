import { createHmac } from 'node:crypto';
import {
  type AppSignProofFields,
  appSignProofInput,
  protocolVersion,
  signalPath,
  subprotocol,
  type WelcomeMessage,
} from '@roomkey/protocol';
import { type RawData, WebSocket } from 'ws';

const waitMs = 5_000;

/** A frame of the server as it came: tests look at fields, the types of the wire do not narrow them here. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever field it expects and fails if it is not there.
export type TestFrame = { readonly t: string } & Readonly<Record<string, any>>;

/** What a test client says of itself. */
export interface TestClientOptions {
  /** The Host header; default: that of the URL. Proofs are bound to it. */
  readonly host?: string;
  readonly origin?: string;
  /** Another client's address, as a trusted proxy would pass it on. */
  readonly forwardedFor?: string;
  readonly platform?: string;
  readonly product?: string;
  readonly sdkVersion?: string;
  /** Default: the wire's own. */
  readonly subprotocols?: readonly string[];
}

/** Whom to log in and by what. With `appSign` (64 hex) the proof is made from the latest challenge. */
export interface TestLogin {
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  readonly userName?: string;
  readonly token?: string;
  readonly appSign?: string;
  readonly config?: { readonly maxMemberCount?: number; readonly isUserStatusNotify?: boolean };
}

/** How a socket ended. */
export interface TestClose {
  readonly code: number;
  readonly reason: string;
}

/** The proof of an AppSign in standard base64 (AD2), as a client computes it. */
export function appSignProof(appSignHex: string, fields: AppSignProofFields): string {
  return createHmac('sha256', Buffer.from(appSignHex, 'hex'))
    .update(appSignProofInput(fields))
    .digest('base64');
}

interface Waiter {
  readonly matches: (frame: TestFrame) => boolean;
  readonly take: (frame: TestFrame) => void;
}

/**
 * A plain client of the signal connection for tests: no engine, no reconnect. Waiting ends loudly after 5 s, or when
 * the socket closes.
 */
export class TestClient {
  /** Everything that came and answers no request, in order; `next` takes from it. */
  readonly events: TestFrame[] = [];
  /** Resolves when the socket is closed, by whomever. */
  readonly closed: Promise<TestClose>;
  readonly host: string;
  /** From `hello`. */
  welcome: WelcomeMessage | undefined;
  /** The latest challenge that the server gave. */
  challenge = '';

  readonly #socket: WebSocket;
  readonly #options: TestClientOptions;
  readonly #waiters = new Set<Waiter>();
  #close: TestClose | undefined;
  #lastId = 0;

  private constructor(socket: WebSocket, host: string, options: TestClientOptions) {
    this.#socket = socket;
    this.#options = options;
    this.host = host;
    socket.on('message', (data: RawData) => this.#receive(String(data)));
    // The close that follows is what tests look at.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#close = { code, reason: reason.toString() };
        resolve(this.#close);
      });
    });
  }

  /** Opens a socket; `url` is the server's, with or without the path. Rejects with `HTTP <status>` when refused. */
  static async connect(url: string, options: TestClientOptions = {}): Promise<TestClient> {
    const target = new URL(url.replace(/^http/, 'ws'));
    if (target.pathname === '/') target.pathname = signalPath;
    const host = options.host ?? target.host;
    const headers = {
      host,
      ...(options.origin === undefined ? {} : { origin: options.origin }),
      ...(options.forwardedFor === undefined ? {} : { 'x-forwarded-for': options.forwardedFor }),
    };
    const socket = new WebSocket(target, [...(options.subprotocols ?? [subprotocol])], { headers });
    const client = new TestClient(socket, host.toLowerCase(), options);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (request, response) => {
        response.resume();
        request.destroy();
        reject(new Error(`HTTP ${response.statusCode}`));
      });
    });
    return client;
  }

  /** Opens a socket and says hello. */
  static async greeted(url: string, options: TestClientOptions = {}): Promise<TestClient> {
    const client = await TestClient.connect(url, options);
    await client.hello();
    return client;
  }

  async hello(fields: object = {}): Promise<TestFrame> {
    const { platform = 'linux', product = 'video', sdkVersion = '3.22.0' } = this.#options;
    const said = { protocol: protocolVersion, product, platform, sdkVersion, sdk: 'test', features: [] };
    const answer = await this.request('hello', { ...said, ...fields });
    if (answer.t === 'welcome') this.welcome = answer as unknown as WelcomeMessage;
    return answer;
  }

  /** Sends a request and resolves with its one answer, `ok`, `welcome` or `error`. */
  request(t: string, body: object = {}): Promise<TestFrame> {
    const id = ++this.#lastId;
    const answer = this.#wait(`the answer to ${t}`, (frame) => isAnswer(frame) && frame['id'] === id);
    this.sendRaw({ t, id, ...body });
    return answer;
  }

  /** Sends anything: text as it is, bytes as a binary frame, objects as JSON. */
  sendRaw(frame: string | Uint8Array | object): void {
    const isReady = typeof frame === 'string' || frame instanceof Uint8Array;
    this.#socket.send(isReady ? frame : JSON.stringify(frame));
  }

  login(login: TestLogin): Promise<TestFrame> {
    const { appId, roomId, userId, userName, token, appSign, config } = login;
    const proof =
      appSign === undefined ? undefined : this.proof(appSign, { verb: 'login', appId, roomId, userId });
    const user = { userId, userName };
    return this.request('login', { appId, roomId, user, token, appSignProof: proof, config });
  }

  /** The proof for the latest challenge on this connection. */
  proof(appSign: string, fields: Pick<AppSignProofFields, 'verb' | 'appId' | 'roomId' | 'userId'>): string {
    const { host, challenge } = this;
    const connectionId = this.welcome?.connectionId ?? '';
    return appSignProof(appSign, { ...fields, host, connectionId, challenge });
  }

  /** The first event `t` that matches, among those that came and were not taken, else the next to come. */
  next(t: string, predicate: (frame: TestFrame) => boolean = () => true): Promise<TestFrame> {
    const matches = (frame: TestFrame): boolean => frame.t === t && predicate(frame);
    const at = this.events.findIndex(matches);
    const [found] = at < 0 ? [] : this.events.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    return this.#wait(`the event ${t}`, matches);
  }

  /** Reads nothing more, so that the server's queue for this client grows. */
  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Closes properly and waits for it. */
  close(): Promise<TestClose> {
    this.#socket.resume();
    this.#socket.close(1000);
    return this.closed;
  }

  /** Cuts the socket without a word, as a lost network does. */
  terminate(): void {
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  #receive(text: string): void {
    const frame = JSON.parse(text) as TestFrame;
    const challenge: unknown = frame['nextChallenge'] ?? frame['challenge'];
    if (typeof challenge === 'string') this.challenge = challenge;
    for (const waiter of this.#waiters) {
      if (!waiter.matches(frame)) continue;
      this.#waiters.delete(waiter);
      waiter.take(frame);
      return;
    }
    this.events.push(frame);
  }

  #wait(what: string, matches: Waiter['matches']): Promise<TestFrame> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        reject(new Error(`${what} did not come: ${why}`));
      };
      const timer = setTimeout(() => fail(`nothing in ${waitMs} ms`), waitMs);
      const waiter: Waiter = {
        matches,
        take: (frame) => {
          clearTimeout(timer);
          resolve(frame);
        },
      };
      this.#waiters.add(waiter);
      if (this.#close !== undefined) fail(`closed with ${this.#close.code}`);
      else
        void this.closed.then(
          ({ code, reason }) => this.#waiters.has(waiter) && fail(`closed with ${code} ${reason}`),
        );
    });
  }
}

function isAnswer(frame: TestFrame): boolean {
  return frame.t === 'ok' || frame.t === 'error' || frame.t === 'welcome';
}
