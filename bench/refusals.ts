import { TestClient } from '@roomkey/server/testing';
import { createKeyring, createTokenKey, openToken } from '@roomkey/token';
import { sealJson } from '@roomkey/token/testing';
import { compare, round, spreadOf } from './measure.ts';
import { startMeasured } from './measured-server.ts';

const ivHex = '000102030405060708090a0b0c0d0e0f';

interface Classes {
  readonly good: string;
  readonly refused: Readonly<Record<string, string>>;
}

/** One good CBC token, and one of each way in which a token does not open. */
function createClasses(secret: string, appId: number, now: number): Classes {
  const key = createTokenKey({ id: 'k', secret, appId });
  const iv = Buffer.from(ivHex, 'hex');
  const claims = { app_id: appId, user_id: 'demo', nonce: 42, ctime: now, expire: now + 3_600, payload: '' };
  const seal = (fields: object, outerExpire = now + 3_600): string =>
    sealJson({ format: '04-cbc', key, iv, outerExpire, json: JSON.stringify({ ...claims, ...fields }) });
  const good = seal({});
  const flipped = (index: number): string => {
    const frame = Buffer.from(good.slice(2), 'base64');
    frame[frame.length - index] = (frame[frame.length - index] ?? 0) ^ 0x5a;
    return `04${frame.toString('base64')}`;
  };
  const refused = {
    padding: flipped(1),
    utf8: flipped(60),
    typeFault: seal({ app_id: String(appId) }),
    outerExpire: seal({}, now + 7_200),
  };
  return { good, refused };
}

/** The time each class of refused CBC token takes, in the codec and over the wire, with a control beside (TK13). */
export async function benchRefusals(): Promise<object> {
  return { codec: await inCodec(), wire: await overWire() };
}

async function inCodec(): Promise<object> {
  const secret = 'bench-secret-0123456789-abcdefgh';
  const now = 1_795_488_930;
  const ring = createKeyring([createTokenKey({ id: 'k', secret, appId: 1 })]);
  const { good, refused } = createClasses(secret, 1, now);
  const tokens = { good, control: good, ...refused };
  const work = Object.entries(tokens).map(
    ([name, token]) => [name, () => openToken(token, ring, now)] as const,
  );
  const rates = await compare(Object.fromEntries(work));
  const micros = Object.fromEntries(
    Object.entries(rates).map(([name, { median }]) => [name, round(1e6 / median)]),
  );
  return { microseconds: micros, ...spreads(micros, Object.keys(refused), ['good', 'control']) };
}

const wireTurns = 200;

/** From a login's frame to its refusal, each on a new connection and from an address of its own, in turn. */
async function overWire(): Promise<object> {
  await using server = await startMeasured('roomkey');
  const { secret, appId } = server.started;
  const { refused } = createClasses(secret, appId, Math.floor(Date.now() / 1_000) - 10);
  // The control is one class twice: what differs between the two is noise.
  const tokens: Readonly<Record<string, string>> = { ...refused, control: refused['padding'] ?? '' };
  const figures = new Map<string, number[]>(Object.keys(tokens).map((name) => [name, []]));
  for (let turn = 0; turn < wireTurns; turn++) {
    for (const [name, token] of Object.entries(tokens)) {
      const forwardedFor = `10.${Object.keys(tokens).indexOf(name)}.${turn >> 8}.${turn & 255}`;
      const client = await TestClient.greeted(server.wsUrl, { forwardedFor });
      const begun = performance.now();
      const answer = await client.login({ appId, roomId: 'room1', userId: 'demo', token });
      figures.get(name)?.push((performance.now() - begun) * 1_000);
      if (answer['code'] !== 1002033) throw new Error(`${name} was answered ${String(answer['code'])}`);
      client.terminate();
    }
  }
  const micros = Object.fromEntries(
    [...figures].map(([name, values]) => [name, Math.round(spreadOf(values).median)]),
  );
  return { microseconds: micros, ...spreads(micros, Object.keys(refused), ['padding', 'control']) };
}

function spreads(
  micros: Readonly<Record<string, number>>,
  refused: readonly string[],
  control: readonly string[],
): object {
  const width = (names: readonly string[]): number => {
    const values = names.map((name) => micros[name] ?? 0);
    return round(Math.max(...values) - Math.min(...values));
  };
  return { spreadOfRefusals: width(refused), spreadOfControl: width(control) };
}
