import type { CommandCall } from './command-call.ts';
import { CliFailure } from './failure.ts';
import { findServer, isLoopback } from './find-server.ts';
import { withProgress } from './progress.ts';
import { type Sentence, sentence } from './sentence.ts';

/** An answer of the owner API. */
export interface ApiAnswer<Body> {
  readonly body: Body;
  /** The version of what was read, for `If-Match`; only where the API sends one. */
  readonly etag: string | undefined;
}

/** A page of a list, as the API answers it. */
export interface ApiPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a call may carry. */
export interface ApiCall {
  readonly query?: Query;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
}

/** Longest a call may take before it counts as failed; a change of rules answers when every node has applied it. */
const callTimeoutMs = 60_000;
const longestPage = 500;

/** The running server's HTTP API, called with the owner's key (CLI2a). Never the database. */
export class OwnerApi {
  readonly url: string;
  readonly #apiKey: string;
  readonly #call: CommandCall;

  constructor(call: CommandCall, url: string, apiKey: string) {
    this.#call = call;
    this.url = url;
    this.#apiKey = apiKey;
  }

  /**
   * Calls one route under `/api/v1`. Each part of the path is escaped.
   *
   * @throws {CliFailure} with the server's code and text when it refuses, 1002030 when it does not answer.
   */
  async request<Body>(
    method: string,
    path: readonly (string | number)[],
    given: ApiCall = {},
  ): Promise<ApiAnswer<Body>> {
    const url = new URL(`/api/v1/${path.map((part) => encodeURIComponent(part)).join('/')}`, this.url);
    for (const [name, value] of Object.entries(given.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await withProgress(
      this.#call,
      () => this.#call.say('waitingForServer', { url: this.url }),
      () => this.#fetch(url, method, given),
    );
    const body = await readBody(response);
    if (!response.ok) throw problemFailure(response.status, body);
    return { body: body as Body, etag: response.headers.get('etag') ?? undefined };
  }

  /** At most `limit` items of a list, page by page. */
  async list<Item>(path: readonly (string | number)[], limit: number, query: Query = {}): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const size = Math.min(longestPage, limit - items.length);
      const { body } = await this.request<ApiPage<Item>>('GET', path, {
        query: { ...query, limit: size, cursor },
      });
      items.push(...body.items);
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    return items.slice(0, limit);
  }

  async #fetch(url: URL, method: string, { body, ifMatch }: ApiCall): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(callTimeoutMs),
        headers: {
          authorization: `Bearer ${this.#apiKey}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw unreachable(this.url, reasonOf(error));
    }
  }
}

/**
 * Finds the running server of a call.
 *
 * @throws {CliFailure} 1002030 when nothing is running; of usage without a key, or when the key would cross a network
 *   in the clear.
 */
export async function connectOwnerApi(call: CommandCall): Promise<OwnerApi> {
  const { url, apiKey } = await findServer(call);
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname)) await call.note(call.say('keyInTheClear'));
  return new OwnerApi(call, url, apiKey);
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** No answer came: not running, or another address. */
export function unreachable(url: string, reason: string): CliFailure {
  return new CliFailure(sentence('noAnswer', { url, reason }), {
    exitCode: 1,
    name: 'connectFailed',
    code: 1002030,
    next: sentence('notRunningNext'),
  });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code ?? (error instanceof Error ? error.name : 'unknown');
}

// RFC 9457 as the server writes it; anything else came from something in between.
function problemFailure(status: number, body: unknown): CliFailure {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { name, code, en, zh, details, id } = problem;
  if (typeof name !== 'string' || typeof code !== 'number' || typeof en !== 'string') {
    return new CliFailure(sentence('notAServer', { status }), {
      exitCode: 1,
      name: 'connectFailed',
      code: 1002030,
    });
  }
  const text: Sentence = (language) => (language === 'zh' && typeof zh === 'string' ? zh : en);
  const lines = Array.isArray(details) ? details.filter((each) => typeof each === 'string') : [];
  return new CliFailure(text, {
    exitCode: 1,
    name,
    code,
    details: lines,
    ...(typeof id === 'string' ? { diagnosis: id } : {}),
  });
}
