import type { Policy } from './policy.ts';

/** One field in which two policies differ. */
export interface PolicyDifference {
  readonly field: keyof Policy;
  readonly from: Policy[keyof Policy];
  readonly to: Policy[keyof Policy];
}

/** Where two policies differ, in the order of the fields; for history, audit and `policy diff` (MG10). */
export function diffPolicies(from: Policy, to: Policy): readonly PolicyDifference[] {
  const fields = Object.keys(to) as (keyof Policy)[];
  return fields
    .filter((field) => JSON.stringify(sorted(from[field])) !== JSON.stringify(sorted(to[field])))
    .map((field) => ({ field, from: from[field], to: to[field] }));
}

/** Fields of an object in one order, so that how it was written makes no difference. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
}
