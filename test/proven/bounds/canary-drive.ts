import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestClient, TestFrame, TestServer } from '../../../packages/server/src/testing/index.ts';
import type { Sink } from './find-canaries.ts';

const scopes = ['read', 'diagnose', 'sessions', 'policy', 'secrets', 'mint'] as const;

/** What was put in under which name, and all that came back. */
export class Drive {
  readonly canaries: Map<string, string> = new Map();
  readonly answers: string[] = [];
  readonly errorFrames: string[] = [];
  readonly test: TestServer;
  #key = '';
  #numbers = 0;

  constructor(test: TestServer) {
    this.test = test;
  }

  /** Takes note of a value that must not come out anywhere. */
  keep(name: string, value: string): string {
    this.#numbers += 1;
    this.canaries.set(`${name} ${this.#numbers}`, value);
    return value;
  }

  async makeKey(): Promise<void> {
    const { keys } = this.test.server;
    this.#key = this.keep(
      'API key',
      (await keys.create({ name: 'k', scopes, appIds: null }, { name: 'test' })).text,
    );
  }

  /** Calls the HTTP API; with `shows` the answer is the one that shows a secret, and is not looked through. */
  async call(method: string, path: string, sent: CallOptions = {}): Promise<CallAnswer> {
    const body = typeof sent.body === 'string' ? sent.body : bodyOf(sent.body);
    const answer = await fetch(`${this.test.server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sent.key ?? this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...sent.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const headers = JSON.stringify([...answer.headers]);
    if (sent.shows !== true) this.answers.push(`${headers}\n${text}`);
    return { status: answer.status, etag: answer.headers.get('etag') ?? '', text };
  }

  /** Notes what a guest was told; tickets and challenges of an `ok` are his own. */
  note(frame: TestFrame): TestFrame {
    if (frame.t === 'error') this.errorFrames.push(JSON.stringify(frame));
    else if (typeof frame['resumeTicket'] === 'string') this.keep('resume ticket', frame['resumeTicket']);
    return frame;
  }

  noteEvents(client: TestClient): void {
    for (const event of client.events) this.errorFrames.push(JSON.stringify(event));
  }

  /** Everything that is looked through: what was told, the log, and the bytes of every file. */
  async sinks(): Promise<Sink[]> {
    const metrics = (await this.call('GET', '/metrics')).text;
    if (!metrics.includes('roomkey')) throw new Error('these are no metrics');
    const { dataDir, log } = this.test;
    const files = readdirSync(dataDir).map((name) => ({ name, bytes: readFileSync(join(dataDir, name)) }));
    return [
      { name: 'log', bytes: Buffer.from(log.join('\n')) },
      { name: 'answers', bytes: Buffer.from(this.answers.join('\n')) },
      { name: 'metrics', bytes: Buffer.from(metrics) },
      { name: 'frames', bytes: Buffer.from(this.errorFrames.join('\n')) },
      ...files,
    ];
  }
}

/** What a call carries; `body` as text is sent as it is. */
export interface CallOptions {
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly shows?: boolean;
}

/** What a call was answered. */
export interface CallAnswer {
  readonly status: number;
  readonly etag: string;
  readonly text: string;
}

function bodyOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
