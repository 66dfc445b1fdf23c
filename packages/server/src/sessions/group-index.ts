/** Finds members by the text they share. A group of one costs no set: most users and connections have one session. */
export class GroupIndex<Member extends object> {
  readonly #groups = new Map<string, Member | Set<Member>>();

  add(key: string, member: Member): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, member);
    else if (group instanceof Set) group.add(member);
    else if (group !== member) this.#groups.set(key, new Set([group, member]));
  }

  delete(key: string, member: Member): void {
    const group = this.#groups.get(key);
    if (group === member) {
      this.#groups.delete(key);
    } else if (group instanceof Set) {
      group.delete(member);
      const [only] = group;
      if (group.size === 1 && only !== undefined) this.#groups.set(key, only);
    }
  }

  /** The members of a group as they are now; the group may change while they are walked. */
  list(key: string): readonly Member[] {
    const group = this.#groups.get(key);
    if (group === undefined) return [];
    return group instanceof Set ? [...group] : [group];
  }

  count(key: string): number {
    const group = this.#groups.get(key);
    if (group === undefined) return 0;
    return group instanceof Set ? group.size : 1;
  }

  /** How many groups there are. */
  get size(): number {
    return this.#groups.size;
  }
}
