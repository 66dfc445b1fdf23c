/**
 * What kept a key from opening a token. For the offline holder of the key only: telling these apart to the
 * outside lets anyone forge CBC tokens (TK13).
 */
export type OpenFault =
  | 'seal'
  | 'padding'
  | 'utf8'
  | 'json'
  | 'repeatedKey'
  | 'field'
  | 'outerExpire'
  | 'lifetime'
  | 'cbcRule'
  | 'cbcShape';

/** One bit per fault, so that checks add up without a branch. */
export const FAULT_BITS: Readonly<Record<OpenFault, number>> = {
  seal: 1,
  padding: 2,
  utf8: 4,
  json: 8,
  repeatedKey: 16,
  field: 32,
  outerExpire: 64,
  lifetime: 128,
  cbcRule: 256,
  cbcShape: 512,
};

/** The faults of a bit set, in the order of the checks: the first is the nearest to a cause. */
export function listFaults(bits: number): readonly OpenFault[] {
  const names = Object.keys(FAULT_BITS) as OpenFault[];
  return names.filter((name) => (bits & FAULT_BITS[name]) !== 0);
}

/** The bit when the fault holds, else 0. */
export function faultIf(holds: boolean, bit: number): number {
  return Number(holds) * bit;
}
