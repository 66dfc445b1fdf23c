import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing';
import { createDecisionTime, type DecisionTimeState, nextDecisionTime } from './decision-time.ts';

function started() {
  const clock = new FakeClock();
  const alarms: number[] = [];
  const now = createDecisionTime(clock, (stepMs) => alarms.push(stepMs));
  const began = now();
  return { clock, alarms, now: () => now() - began };
}

const minute = 60_000;

describe('decision time', () => {
  it('[SE3a] follows the wall clock while it does not step', async () => {
    const { clock, alarms, now } = started();
    await clock.advance(1_500);
    expect(now()).toBe(1_500);
    clock.stepWall(400);
    expect(now()).toBe(1_900);
    await clock.advance(3_600_000);
    clock.stepWall(-3_000);
    expect(now()).toBe(3_600_000 + 1_900 - 3_000);
    expect(alarms).toEqual([]);
  });

  it('[SE3a] a backward step of up to 300 s is waited out: time stands still', async () => {
    const { clock, alarms, now } = started();
    await clock.advance(1_000);
    expect(now()).toBe(1_000);
    clock.stepWall(-4 * minute);
    expect([now(), now()]).toEqual([1_000, 1_000]);
    await clock.advance(4 * minute - 1);
    expect(now()).toBe(1_000);
    await clock.advance(2);
    expect(now()).toBe(1_001);
    expect(alarms).toEqual([]);
  });

  it.each([
    ['forward by 4 min', 4 * minute],
    ['forward by 6 min', 6 * minute],
    ['backward by 6 min', -6 * minute],
  ])('[SE3a] a step %s is believed at the second reading that agrees, with an alarm', async (_name, step) => {
    const { clock, alarms, now } = started();
    clock.stepWall(step);
    await clock.advance(500);
    expect([now(), alarms]).toEqual([500, []]);
    expect([now(), alarms]).toEqual([step + 500, [step]]);
    await clock.advance(1_000);
    expect(now()).toBe(step + 1_500);
  });

  it('[SE3a] a single wrong reading is never believed', async () => {
    const { clock, alarms, now } = started();
    clock.stepWall(6 * minute);
    expect(now()).toBe(0);
    clock.stepWall(-6 * minute);
    expect([now(), now()]).toEqual([0, 0]);
    // Nor do two that disagree with each other.
    clock.stepWall(6 * minute);
    expect(now()).toBe(0);
    clock.stepWall(6 * minute);
    expect([now(), alarms]).toEqual([0, []]);
  });

  it('[SE3a] never goes back without an alarm, whatever the clocks do', () => {
    const moves = fc.array(
      fc.record({ step: fc.integer({ min: -800_000, max: 800_000 }), passed: fc.nat(90_000) }),
    );
    const property = fc.property(moves, (list) => {
      let state: DecisionTimeState | undefined;
      let [wall, mono, last] = [1_795_488_930_000, 5_000, 0];
      for (const { step, passed } of list) {
        wall += step + passed;
        mono += passed;
        const reading = nextDecisionTime(state, wall, mono);
        state = reading.state;
        if (reading.stepMs === undefined) expect(reading.now).toBeGreaterThanOrEqual(last);
        last = reading.now;
      }
    });
    fc.assert(property);
  });
});
