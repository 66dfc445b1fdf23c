/** Collects what must be ended and ends it in reverse order, once. */
export class Disposer {
  #steps: (() => void | Promise<void>)[] = [];

  /** Ends `step` after everything that is added later. */
  add(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** Runs every step even when one fails; rejects with the first failure. */
  async dispose(): Promise<void> {
    const steps = this.#steps.reverse();
    this.#steps = [];
    const failures: unknown[] = [];
    for (const step of steps) {
      try {
        await step();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
