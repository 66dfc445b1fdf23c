import type { LoginRecord } from '#storage';

/** How many logins of one kind there were; platform, product and version are the client's claims (MG1). */
export interface LoginCell {
  readonly platform: string;
  readonly sdkVersion: string;
  readonly product: string;
  readonly method: string;
  readonly outcome: string;
  count: number;
}

/** Tokens of one format that opened (TK12a, TK12b). */
export interface FormatCount {
  readonly format: string;
  count: number;
}

const dayMs = 86_400_000;
const versionsPerDay = 200;
const mostCells = 20_000;

/** Counts the recorded logins of one app by cell, since the start: bounded whatever clients say of themselves (MG1a). */
export class CellCounters {
  readonly #cells = new Map<string, LoginCell>();
  readonly #formats = new Map<string, FormatCount>();
  #day = -1;
  #versions = new Set<string>();
  fellBack = 0;
  ruleDisagreements = 0;
  candidateDifferences = 0;

  /** Takes one answered login into account. */
  take(row: LoginRecord): void {
    const { platform, product, outcome, tokenFormat, fellBack, ruleOutcomes, candidateOutcome } = row;
    const sdkVersion = this.#versionOf(row);
    const method = row.method ?? 'none';
    this.#count({ platform, sdkVersion, product, method, outcome });
    if (tokenFormat !== null) {
      const format = this.#formats.get(tokenFormat) ?? { format: tokenFormat, count: 0 };
      format.count += 1;
      this.#formats.set(tokenFormat, format);
    }
    if (fellBack) this.fellBack += 1;
    if (new Set(ruleOutcomes).size > 1) this.ruleDisagreements += 1;
    if (candidateOutcome !== null && candidateOutcome !== outcome) this.candidateDifferences += 1;
  }

  get cells(): readonly LoginCell[] {
    return [...this.#cells.values()];
  }

  get formats(): readonly FormatCount[] {
    return [...this.#formats.values()];
  }

  #count(cell: Omit<LoginCell, 'count'>): void {
    const key = JSON.stringify(cell);
    const known = this.#cells.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    // Without a version a cell is made of closed lists alone: those always find room, so that no login goes uncounted.
    if (this.#cells.size >= mostCells && cell.sdkVersion !== 'other') {
      this.#count({ ...cell, sdkVersion: 'other' });
      return;
    }
    this.#cells.set(key, { ...cell, count: 1 });
  }

  /** At most 200 versions a day keep their names; the rest is `other` (MG1a). */
  #versionOf({ at, sdkVersion }: LoginRecord): string {
    const day = Math.floor(at / dayMs);
    if (day > this.#day) {
      this.#day = day;
      this.#versions = new Set();
    }
    if (this.#versions.has(sdkVersion)) return sdkVersion;
    if (this.#versions.size >= versionsPerDay) return 'other';
    this.#versions.add(sdkVersion);
    return sdkVersion;
  }
}
