import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing';
import type { Clock } from './clock.ts';
import { DeadlineWheel } from './deadline-wheel.ts';

const yearMs = 365 * 24 * 3_600_000;

function watched(clock: Clock = new FakeClock(), measureMs?: () => number) {
  const due: string[] = [];
  const wheel = new DeadlineWheel<string>({
    clock,
    onDue: (key, arg) => due.push(`${key} ${arg}`),
    ...(measureMs === undefined ? {} : { measureMs }),
  });
  return { clock: clock as FakeClock, wheel, due };
}

describe('DeadlineWheel', () => {
  it('[SE3] calls each key once at its instant, in order, with one timer however many wait', async () => {
    const { clock, wheel, due } = watched();
    for (const at of [30, 10, 20]) wheel.set(`k${at}`, clock.monoMs() + at, 'x');
    expect([wheel.size, clock.timers]).toEqual([3, 1]);
    await clock.advance(9);
    expect(due).toEqual([]);
    await clock.advance(1);
    expect(due).toEqual(['k10 x']);
    await clock.advance(1_000);
    expect(due).toEqual(['k10 x', 'k20 x', 'k30 x']);
    expect([wheel.size, clock.timers]).toEqual([0, 0]);
  });

  it('[SE3] a key waits for one instant: the last that was set, or none when deleted', async () => {
    const { clock, wheel, due } = watched();
    const now = clock.monoMs();
    wheel.set('moved', now + 10, 'early');
    wheel.set('moved', now + 50, 'late', 1);
    wheel.set('gone', now + 20, 'x');
    wheel.delete('gone');
    wheel.delete('never there');
    await clock.advance(49);
    expect(due).toEqual([]);
    await clock.advance(1);
    expect(due).toEqual(['moved late']);
  });

  it('[SE3] waits for 15 years on a clock whose timers reach no further than 2^31 ms', async () => {
    const clock = new FakeClock();
    const slept: number[] = [];
    const short: Clock = {
      wallMs: () => clock.wallMs(),
      monoMs: () => clock.monoMs(),
      setTimer: (delayMs, callback) => {
        slept.push(delayMs);
        return clock.setTimer(delayMs, callback);
      },
    };
    const { wheel, due } = watched(short);
    wheel.set('far', clock.monoMs() + 15 * yearMs, 'x');
    await clock.advance(15 * yearMs - 1);
    expect(due).toEqual([]);
    expect(Math.max(...slept)).toBeLessThan(2 ** 31);
    await clock.advance(1);
    expect(due).toEqual(['far x']);
  });

  it('[SE3] works in slices of 10 ms and lets others in between, lower ranks first', async () => {
    const clock = new FakeClock();
    let workMs = 0;
    const { wheel, due } = watched(clock, () => {
      workMs += 1;
      return workMs;
    });
    const at = clock.monoMs() + 5;
    for (let n = 0; n < 25; n++) wheel.set(`warn${n}`, at, 'w', 1);
    for (let n = 0; n < 25; n++) wheel.set(`end${n}`, at, 'e', 0);
    // Set after the wheel's own timer, so it runs between the first slice and the second.
    let afterFirstSlice = 0;
    clock.setTimer(5, () => {
      afterFirstSlice = due.length;
    });
    await clock.advance(5);
    // Each measuring counts as 1 ms of work: one before the first call, one after each.
    expect(afterFirstSlice).toBe(10);
    expect(due.map((text) => text.slice(-1)).join('')).toBe('e'.repeat(25) + 'w'.repeat(25));
  });

  it('[SE3] of what is due together, ends go before warnings', async () => {
    const { clock, wheel, due } = watched();
    const now = clock.monoMs();
    wheel.set('d', now - 5, 'warn', 1);
    wheel.set('e', now - 1, 'end', 0);
    await clock.advance(0);
    expect(due).toEqual(['e end', 'd warn']);
  });

  it('[SE3] a key may be set again while it is called, and one that fails does not stop the rest', async () => {
    const clock = new FakeClock();
    const due: string[] = [];
    const wheel: DeadlineWheel<number> = new DeadlineWheel<number>({
      clock,
      onDue: (key, round) => {
        due.push(`${key}${round}`);
        if (round < 3) wheel.set(key, clock.monoMs() + 10, round + 1);
      },
    });
    wheel.set('k', clock.monoMs() + 10, 1);
    await clock.advance(1_000);
    expect(due).toEqual(['k1', 'k2', 'k3']);
    const failing = new DeadlineWheel<string>({
      clock,
      onDue: (key) => {
        due.push(key);
        if (key === 'bad') throw new Error('planted');
      },
    });
    failing.set('bad', clock.monoMs() + 1, '');
    failing.set('good', clock.monoMs() + 1, '');
    await expect(clock.advance(1)).rejects.toThrow('planted');
    await clock.advance(1);
    expect(due.slice(3)).toEqual(['bad', 'good']);
  });

  it('[SE3] gives the same as a sorted list, whatever is set, moved and deleted', async () => {
    const step = fc.record({ key: fc.nat(9), at: fc.nat(100), remove: fc.boolean(), rank: fc.nat(1) });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, wheel, due } = watched();
      const now = clock.monoMs();
      const model = new Map<string, number>();
      for (const { key, at, remove, rank } of steps) {
        const name = `k${key}`;
        if (remove) {
          wheel.delete(name);
          model.delete(name);
        } else {
          wheel.set(name, now + at, `${at}`, rank);
          model.set(name, at);
        }
      }
      expect(wheel.size).toBe(model.size);
      await clock.advance(100);
      const instants = due.map((text) => Number(text.split(' ')[1]));
      expect(instants).toEqual([...instants].sort((one, other) => one - other));
      expect([...due].sort()).toEqual([...model].map(([name, at]) => `${name} ${at}`).sort());
    });
    await fc.assert(property, { numRuns: 30 });
  });
});
