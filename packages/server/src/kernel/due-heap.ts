import type { MonoMillis } from './units.ts';

/** One waiting entry; `place` is where it lies in its heap, so that it is taken out without a search. */
export interface DueEntry<Arg> {
  readonly key: string;
  at: MonoMillis;
  rank: number;
  arg: Arg;
  place: number;
}

/** A binary heap by instant whose entries know their place: add, move and take out cost the logarithm of its size. */
export class DueHeap<Arg> {
  #entries: DueEntry<Arg>[] = [];

  get first(): DueEntry<Arg> | undefined {
    return this.#entries[0];
  }

  add(entry: DueEntry<Arg>): void {
    entry.place = this.#entries.length;
    this.#entries.push(entry);
    this.#rise(entry);
  }

  remove(entry: DueEntry<Arg>): void {
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#put(last, entry.place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: DueEntry<Arg>): void {
    while (entry.place > 0) {
      const parent = this.#entries[(entry.place - 1) >> 1];
      if (parent === undefined || parent.at <= entry.at) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: DueEntry<Arg>): void {
    for (;;) {
      const left = this.#entries[2 * entry.place + 1];
      const right = this.#entries[2 * entry.place + 2];
      const sooner = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (sooner === undefined || sooner.at >= entry.at) return;
      this.#swap(entry, sooner);
    }
  }

  #swap(upper: DueEntry<Arg>, lower: DueEntry<Arg>): void {
    const place = upper.place;
    this.#put(upper, lower.place);
    this.#put(lower, place);
  }

  #put(entry: DueEntry<Arg>, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }
}
