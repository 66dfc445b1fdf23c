import { describe, expect, it } from 'vitest';
import { IssuerClocks } from './issuer-clocks.ts';

const nowMs = 1_795_488_930_000;
const second = nowMs / 1000;
const hourMs = 3_600_000;

function note(
  clocks: IssuerClocks,
  offset: number,
  more: { digest?: string; at?: number; keyId?: string } = {},
) {
  const { at = nowMs, keyId = 'k1', digest = `${keyId} ${offset} ${at}` } = more;
  clocks.noteFirstSight({ appId: 7, keyId, digest, ctime: Math.floor(at / 1000) + offset, nowMs: at });
}

describe('the clocks of issuers', () => {
  it('[AD14] an offset is estimated per key from first sights; waiting tokens do not drag it down', () => {
    const clocks = new IssuerClocks();
    expect(clocks.offsetSeconds(7, 'k1')).toBeUndefined();
    for (const [at, offset] of [3, 3, 2, 3, -50, 1, 3, 2].entries())
      note(clocks, offset, { digest: `a${at}` });
    for (const [at, offset] of [-20, -21, -20].entries()) {
      note(clocks, offset, { digest: `b${at}`, keyId: 'slow' });
    }
    expect(clocks.offsetSeconds(7, 'k1')).toBe(3);
    expect(clocks.offsetSeconds(7, 'slow')).toBe(-20);
    expect(clocks.clocks(7, nowMs).map(({ keyId, samples }) => [keyId, samples])).toEqual([
      ['k1', 8],
      ['slow', 3],
    ]);
  });

  it('[AD14] a token that comes again is no new sample', () => {
    const clocks = new IssuerClocks();
    note(clocks, 0, { digest: 'same' });
    for (let minute = 1; minute < 60; minute += 1) {
      clocks.noteFirstSight({
        appId: 7,
        keyId: 'k1',
        digest: 'same',
        ctime: second,
        nowMs: nowMs + minute * 60_000,
      });
    }
    expect(clocks.offsetSeconds(7, 'k1')).toBe(0);
    expect(clocks.clocks(7, nowMs)[0]?.samples).toBe(1);
  });

  it('[AD11a] how far a key runs ahead is the most of the last hour, and at most what may enter', () => {
    const clocks = new IssuerClocks();
    for (const offset of [1, 20, 4]) note(clocks, offset);
    expect(clocks.aheadSeconds(7, 'k1', nowMs)).toBe(20);
    expect(clocks.aheadByKey(7, nowMs)).toEqual({ k1: 20 });
    note(clocks, 2, { at: nowMs + hourMs + 600_000 });
    expect(clocks.aheadSeconds(7, 'k1', nowMs + hourMs + 600_000)).toBe(2);
    note(clocks, 99_999, { keyId: 'wild' });
    expect(clocks.aheadSeconds(7, 'wild', nowMs)).toBe(300);
    expect(clocks.aheadSeconds(8, 'k1', nowMs)).toBe(0);
  });

  it('[AD11a] tokens from the future are remembered until their ctime, within bounds', () => {
    const clocks = new IssuerClocks();
    note(clocks, 5, { digest: 'soon' });
    note(clocks, 500, { digest: 'late' });
    note(clocks, 0, { digest: 'now' });
    const digests = (at: number) => clocks.aheadTokens(7, at).map(({ digest }) => digest);
    expect(digests(nowMs)).toEqual(['soon', 'late']);
    expect(digests(nowMs + 6_000)).toEqual(['late']);
    for (let more = 0; more < 6_000; more += 1) note(clocks, 100, { digest: `m${more}` });
    expect(digests(nowMs)).toHaveLength(4_096);
    // Those furthest ahead matter longest, so they are not what is let go.
    expect(digests(nowMs)).toContain('late');
  });
});
