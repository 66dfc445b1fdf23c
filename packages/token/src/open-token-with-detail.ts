import type { OpenExpectation } from './judge-opened.ts';
import type { Keyring } from './keyring.ts';
import { listFaults, type OpenFault } from './open-fault.ts';
import { openFrame } from './open-frame.ts';
import type { OpenResult } from './open-result.ts';
import type { UnixSeconds } from './token-claims.ts';

/** What kept one key from opening the token; no faults when it opened it. */
export interface KeyDetail {
  readonly keyId: string;
  /** In the order of the checks. With a wrong key the later ones only follow from the first. */
  readonly faults: readonly OpenFault[];
}

/** The result of `openToken`, and what each key that was tried ran into. */
export interface DetailedOpening {
  readonly result: OpenResult;
  readonly keys: readonly KeyDetail[];
}

/**
 * Opens a token and says what each key ran into. **Offline only**, for the holder of the key at a terminal.
 *
 * Never let an answer, a log line or a metric of a server depend on it: whoever can ask it often, directly or
 * through such a trace, forges CBC tokens without the key (TK13). Arguments and refusals as in `openToken`.
 */
export function openTokenWithDetail(
  token: string,
  keyring: Keyring,
  nowSeconds: UnixSeconds,
  expected: OpenExpectation = {},
): DetailedOpening {
  const keys: KeyDetail[] = [];
  const result = openFrame({
    token,
    keyring,
    nowSeconds,
    expected,
    onAttempt: ({ keyId, faults }) => keys.push({ keyId, faults: listFaults(faults) }),
  });
  return { result, keys };
}
