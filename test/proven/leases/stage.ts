import {
  FakeClock,
  startTestServer,
  type TestApp,
  TestClient,
  type TestFrame,
  TestPlane,
  type TestServer,
} from '@roomkey/server/testing';
import { type MintRequest, mintToken } from '@roomkey/token';
import { onTestFinished } from 'vitest';

/** What the owner may set. */
export type PolicyChanges = NonNullable<Parameters<TestServer['importApp']>[0]>;

/** Who enters which room; by default `demo` enters `room1` with a token for an hour. */
export interface Entrant {
  readonly userId?: string;
  readonly roomId?: string;
  /** An own connection unless given. */
  readonly client?: TestClient;
  readonly token?: string;
  readonly seconds?: number;
  readonly byAppSign?: boolean;
  readonly config?: { readonly isUserStatusNotify?: boolean };
  readonly platform?: string;
}

/** A client after its login, and what it was told. */
export interface Entered {
  readonly client: TestClient;
  readonly answer: TestFrame;
}

/** What a test wants of a token; `aheadSeconds`: how far its issuer's clock runs ahead of the server's. */
export type Wanted = Partial<MintRequest> & { readonly aheadSeconds?: number };

// Well under the 100 s after which silence is eventsOf for death (SE7).
const longestSilenceMs = 50_000;

/** A server with one app, on a clock that is moved by hand; all of it goes with the test. */
export class Stage {
  readonly clock: FakeClock;
  readonly server: TestServer;
  readonly app: TestApp;
  readonly media: TestPlane;
  readonly #clients = new Set<TestClient>();

  private constructor(made: Pick<Stage, 'clock' | 'server' | 'app' | 'media'>) {
    this.clock = made.clock;
    this.server = made.server;
    this.app = made.app;
    this.media = made.media;
  }

  static async open(policy: PolicyChanges = {}): Promise<Stage> {
    const clock = new FakeClock();
    const [media, board] = [new TestPlane('media'), new TestPlane('board')];
    const planes = [media, board].map((plane) => (desk: Parameters<TestPlane['useDesk']>[0]) => {
      plane.useDesk(desk);
      return plane;
    });
    const server = await startTestServer({ clock, planes });
    onTestFinished(() => server[Symbol.asyncDispose]());
    return new Stage({ clock, server, app: await server.importApp(policy), media });
  }

  seal(wanted: Wanted = {}): string {
    const { aheadSeconds = 0, ...changes } = wanted;
    const { appId, secret } = this.app;
    const request = { appId, secret, userId: 'demo', expiresInSeconds: 3_600, ...changes } as MintRequest;
    return mintToken(request, Math.floor(this.clock.wallMs() / 1_000) + aheadSeconds);
  }

  /** A greeted client, which goes with the test. */
  async connect(platform = 'linux'): Promise<TestClient> {
    const client = await TestClient.greeted(this.server.wsUrl, { platform });
    this.#clients.add(client);
    void client.closed.then(() => this.#clients.delete(client));
    onTestFinished(() => client.terminate());
    return client;
  }

  /** Asks to enter, whatever comes of it. */
  async knock(entrant: Entrant = {}): Promise<Entered> {
    const { userId = 'demo', roomId = 'room1', seconds = 3_600 } = entrant;
    const client = entrant.client ?? (await this.connect(entrant.platform));
    const credential = entrant.byAppSign
      ? { appSign: this.app.appSign }
      : { token: entrant.token ?? this.seal({ userId, expiresInSeconds: seconds }) };
    const config = entrant.config === undefined ? {} : { config: entrant.config };
    const answer = await client.login({ appId: this.app.appId, roomId, userId, ...credential, ...config });
    return { client, answer };
  }

  /** Enters, or fails the test. */
  async enter(entrant: Entrant = {}): Promise<Entered> {
    const entered = await this.knock(entrant);
    if (entered.answer.t !== 'ok') throw new Error(`refused: ${entered.answer['name']}`);
    return entered;
  }

  /** Lets time pass; clients give a sign of life meanwhile, and what was sent to them has arrived behind it. */
  async pass(ms: number): Promise<void> {
    await this.arrive();
    for (let left = ms; left > 0; left -= longestSilenceMs) {
      await this.clock.advance(Math.min(left, longestSilenceMs));
      await this.arrive();
    }
  }

  /** Every frame sent until now has come: the answer to a request comes behind them. */
  async arrive(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.request('challenge').catch(() => undefined)));
  }

  /** Cuts a client's socket as a lost network does, and waits until the server has seen it. */
  async cut({ client, answer }: Entered): Promise<void> {
    client.terminate();
    await client.closed;
    await this.until(() => this.stateOf(answer) !== 'present', 'the cut was seen');
  }

  stateOf(answer: TestFrame): string {
    const { id } = answer['session'];
    return [...this.server.server.sessions()].find(({ sessionId }) => sessionId === id)?.state ?? 'gone';
  }

  /** Waits for what the server does by itself, without time passing on its clock. */
  async until(holds: () => boolean, what: string): Promise<void> {
    for (let turn = 0; turn < 2_000; turn++) {
      if (holds()) return;
      await this.clock.advance(0);
    }
    throw new Error(`never came: ${what}`);
  }
}

/** What a client asks to take a session up again, with the ticket of its login unless another is given. */
export function resumeOf(answer: TestFrame, changes: object = {}): object {
  return {
    sessionId: answer['session'].id,
    ticket: answer['resumeTicket'],
    lastRoomSeq: answer['room'].seq,
    ...changes,
  };
}

/** The events of one kind that came to a client and were not waited for, in order. */
export function eventsOf(client: TestClient, t: string): TestFrame[] {
  return client.events.filter((frame) => frame.t === t);
}

/** The numbered room events of one kind that came, each as `add a` or `delete a 4`. */
export function changesSeen(client: TestClient, t: 'roomUserUpdate' | 'roomStreamUpdate'): string[] {
  return eventsOf(client, 'room')
    .flatMap((frame) => frame['events'] as TestFrame[])
    .filter((event) => event.t === t)
    .flatMap((event) =>
      ((event['users'] ?? event['streams']) as Readonly<Record<string, unknown>>[]).map(
        ({ userId, streamId, reason }) =>
          [event['updateType'], streamId ?? userId, reason].filter((part) => part !== undefined).join(' '),
      ),
    );
}

/** An answer in short: `ok`, or the code and the name of the refusal. */
export function verdictOf({ t, ...said }: TestFrame): string {
  return t === 'error' ? `${said['code']} ${said['name']}` : 'ok';
}
