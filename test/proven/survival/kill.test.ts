import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { createTokenKey, mintToken } from '@roomkey/token';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient } from '../../../packages/server/src/testing/index.ts';
import {
  type AnsweredChange,
  type AnsweredLogin,
  findLosses,
  isInGap,
  type Survival,
  type VersionSeen,
} from './find-losses.ts';
import type { LedgerSeen } from './server-process.ts';
import { type ServerProcess, startProcess } from './start-process.ts';

const appId = 2_100_000_001;
const secret = randomBytes(16).toString('hex');
const appSign = randomBytes(32).toString('hex');
const key = createTokenKey({ id: 'k', secret, appId });
const rounds = 6;
const users = 4;
const ownersPath = `/api/v1/apps/${appId}/policy`;

/** Numbers that look random and come again with the same seed (xorshift32). */
function createRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

async function call(server: ServerProcess, path: string, sent: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${server.apiKey}`, ...sent.headers };
  return await fetch(`${server.url}${path}`, { ...sent, headers });
}

/** What this run asked for and was told, over all rounds. */
class Witness {
  readonly logins: AnsweredLogin[] = [];
  readonly changes: AnsweredChange[] = [];
  #users = 0;
  #seconds = 60;

  /** Logs in again and again, a third of them as somebody else than the token says, until the server is gone. */
  async logIn({ wsUrl }: ServerProcess): Promise<void> {
    for (;;) {
      const userId = `user${++this.#users}`;
      const expected = this.#users % 3 === 0 ? 'refused' : 'admitted';
      const named = expected === 'refused' ? 'another' : userId;
      const now = Math.floor(Date.now() / 1_000);
      const token = mintToken({ appId, userId: named, expiresInSeconds: 600, key }, now);
      await using client = await TestClient.greeted(wsUrl);
      const sentAt = Date.now();
      const answer = await client.login({ appId, roomId: 'r', userId, token });
      const outcome = answer.t === 'ok' ? 'admitted' : 'refused';
      // Over the bounds of an address failures are counted and not recorded (AD10, MG1a): these promise no row.
      if (answer['name'] === 'tooManyFailures') continue;
      this.logins.push({ userId, outcome, sentAt, answeredAt: Date.now() });
    }
  }

  /** Changes the policy again and again, until the server is gone. */
  async changePolicy(server: ServerProcess): Promise<void> {
    for (;;) {
      const read = await call(server, ownersPath);
      const { policy } = (await read.json()) as { policy: object };
      const softMaxSeconds = ++this.#seconds;
      const answer = await call(server, ownersPath, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'if-match': read.headers.get('etag') ?? '' },
        body: JSON.stringify({ policy: { ...policy, softMaxSeconds }, why: `to ${softMaxSeconds}` }),
      });
      const told = (await answer.json()) as { policyVersion: number };
      if (answer.status !== 200) throw new Error(`a change was answered with HTTP ${answer.status}`);
      this.changes.push({ version: told.policyVersion, softMaxSeconds });
    }
  }

  async look(server: ServerProcess): Promise<Survival> {
    const ledger = (await server.ask({ ask: 'ledger', appId })) as LedgerSeen;
    const history: VersionSeen[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await (await call(server, `${ownersPath}/history?limit=100${query}`)).json()) as {
        items: VersionSeen[];
        nextCursor?: string | null;
      };
      history.push(...page.items);
      cursor = page.nextCursor ?? null;
    }
    const { logins, changes } = this;
    return { logins, changes, ledger, history };
  }
}

describe('a server that is killed again and again', () => {
  const witness = new Witness();
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'roomkey-survival-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('[ST3][ST4] loses nothing it acknowledged, and writes no policy by halves', async () => {
    const seed = randomInt(2 ** 31);
    process.stdout.write(`seed of the kills: ${seed}\n`);
    const random = createRandom(seed);
    for (let round = 0; round < rounds; round++) {
      const server = await startProcess(dataDir);
      if (round === 0) await server.ask({ ask: 'import', appId, appSign, secret });
      const before = { logins: witness.logins.length, changes: witness.changes.length };
      const loops = [
        ...Array.from({ length: users }, () => witness.logIn(server)),
        witness.changePolicy(server),
      ].map((loop) => loop.catch(() => undefined));
      // Both kinds of work are under way before the moment is drawn: a kill in idleness proves nothing.
      while (witness.logins.length < before.logins + 8 || witness.changes.length < before.changes + 3) {
        await wait(5);
      }
      await wait(random() * 400);
      await server.kill();
      await Promise.all(loops);
      const again = await startProcess(dataDir);
      const seen = await witness.look(again);
      expect(findLosses(seen), `seed ${seed}, round ${round}`).toEqual([]);
      expect(seen.ledger.gaps.at(-1)?.cause).toBe('uncleanStop');
      await again.kill();
    }
    const outcomes = new Set(witness.logins.map(({ outcome }) => outcome));
    expect([...outcomes].sort()).toEqual(['admitted', 'refused']);
  });

  it('[ST4] the checker finds a row that is gone, and a policy that is gone or altered', async () => {
    const { ledger } = await lookOnce();
    const outside = witness.logins.filter((login) => !isInGap(login, ledger.gaps));
    const victim = outside.at(Math.floor(outside.length / 2));
    // Gaps that covered every login would excuse any loss.
    expect(outside.length).toBeGreaterThan(witness.logins.length / 2);
    plant('ledger.db', 'delete from logins where user_id = ?', victim?.userId ?? '');
    expect(findLosses(await lookOnce())).toEqual([
      `login ${victim?.userId} is neither in the ledger nor in a gap`,
    ]);
    const [first, second] = witness.changes;
    plant('state.db', 'delete from policy_versions where version = ?', first?.version ?? 0);
    plant(
      'state.db',
      `update policy_versions set policy = json_set(policy, '$.softMaxSeconds', 7) where version = ?`,
      second?.version ?? 0,
    );
    const losses = findLosses(await lookOnce());
    expect(losses).toContain(`policy version ${first?.version} is missing`);
    expect(losses).toContain(`policy version ${second?.version} is not there as it was answered`);
    expect(losses).toContain(`policy version ${second?.version} is half written`);
  });

  async function lookOnce(): Promise<Survival> {
    const server = await startProcess(dataDir);
    const seen = await witness.look(server);
    await server.kill();
    return seen;
  }

  function plant(file: string, statement: string, value: string | number): void {
    const db = new DatabaseSync(join(dataDir, file));
    const { changes } = db.prepare(statement).run(value);
    db.close();
    expect(Number(changes)).toBe(1);
  }
});
