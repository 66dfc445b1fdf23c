import { randomBytes } from 'node:crypto';
import { createDecisionProbe } from '@roomkey/server/testing';
import { createTokenKey, mintToken } from '@roomkey/token';
import { percentile, round } from './measure.ts';

/** Verify and decide in process with 3 keys and 100 000 revocations loaded (AD15). */
export async function benchDecide(): Promise<object> {
  const secrets = Array.from({ length: 3 }, () => randomBytes(16).toString('hex'));
  const appId = 1;
  const probe = createDecisionProbe({ appId, secrets, revocations: 100_000 });
  const now = Math.floor(Date.now() / 1_000);
  const tokens = secrets.map((secret, index) =>
    mintToken(
      {
        appId,
        userId: 'demo',
        expiresInSeconds: 3_600,
        key: createTokenKey({ id: `k${index}`, secret, appId }),
      },
      now,
    ),
  );
  const result: Record<string, object> = {};
  for (const [index, token] of tokens.entries()) {
    const micros: number[] = [];
    for (let turn = 0; turn < 22_000; turn++) {
      const begun = performance.now();
      const allowed = probe.decide(token);
      const took = (performance.now() - begun) * 1_000;
      if (!allowed) throw new Error('the bench token was refused');
      if (turn >= 2_000) micros.push(took);
    }
    micros.sort((one, other) => one - other);
    result[`key${index}`] = {
      p50: round(percentile(micros, 0.5), 1),
      p99: round(percentile(micros, 0.99), 1),
    };
  }
  return { microseconds: result, revocations: probe.revocations };
}
