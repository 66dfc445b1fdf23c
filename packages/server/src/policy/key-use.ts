import type { AppId } from '#apps';
import type { UnixMillis } from '#kernel';

/** How one server secret has been used since the start. */
export interface SecretUse {
  readonly secretId: string;
  readonly lastOpenedAt: UnixMillis;
  /** Tokens it opened since the start. */
  readonly opened: number;
  /** Tokens it opened in the last hour, to five minutes. */
  readonly openedLastHour: number;
  /** Its part of all that the app's secrets opened in the last hour, 0 to 1. */
  readonly share: number;
}

const partMs = 5 * 60_000;
const parts = 12;

interface Use {
  lastOpenedAt: UnixMillis;
  opened: number;
  readonly byPart: Map<number, number>;
}

/** Which secret opens how many tokens, live: what an owner looks at before retiring one (AD12). In memory only. */
export class KeyUse {
  readonly #apps = new Map<AppId, Map<string, Use>>();

  /** Notes one opened token. At start the newest instants of the ledger may be noted too. */
  noteOpened(appId: AppId, secretId: string, at: UnixMillis): void {
    const use = this.#useOf(appId, secretId);
    use.lastOpenedAt = Math.max(use.lastOpenedAt, at);
    use.opened += 1;
    const part = Math.floor(at / partMs);
    use.byPart.set(part, (use.byPart.get(part) ?? 0) + 1);
    for (const each of use.byPart.keys()) if (each <= part - parts) use.byPart.delete(each);
  }

  /** When a secret last opened a token; undefined when it has not since the start. */
  lastOpenedAt(appId: AppId, secretId: string): UnixMillis | undefined {
    return this.#apps.get(appId)?.get(secretId)?.lastOpenedAt;
  }

  /** All secrets of an app that have opened a token. */
  uses(appId: AppId, now: UnixMillis): readonly SecretUse[] {
    const rows = [...(this.#apps.get(appId) ?? [])].map(([secretId, use]) => ({
      secretId,
      lastOpenedAt: use.lastOpenedAt,
      opened: use.opened,
      openedLastHour: lastHourOf(use, now),
    }));
    const all = rows.reduce((sum, row) => sum + row.openedLastHour, 0);
    return rows.map((row) => ({ ...row, share: all === 0 ? 0 : row.openedLastHour / all }));
  }

  /** Forgets a retired secret. */
  forget(appId: AppId, secretId: string): void {
    this.#apps.get(appId)?.delete(secretId);
  }

  #useOf(appId: AppId, secretId: string): Use {
    const app = this.#apps.get(appId) ?? new Map<string, Use>();
    this.#apps.set(appId, app);
    const use = app.get(secretId) ?? { lastOpenedAt: 0, opened: 0, byPart: new Map() };
    app.set(secretId, use);
    return use;
  }
}

function lastHourOf(use: Use, now: UnixMillis): number {
  const oldest = Math.floor(now / partMs) - parts;
  let sum = 0;
  for (const [part, count] of use.byPart) if (part > oldest) sum += count;
  return sum;
}
