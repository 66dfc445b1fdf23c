/** How many values one label of a metric may have, `other` among them (MG1a). */
export const labelsKept = 64;

/** What all further values are counted under. */
export const otherLabel = 'other';

/** Holds a label to its bound: a flood of new values ends up in one. */
export interface LabelBound {
  /** The value itself while there is room for it, else `other`. */
  keep(value: string): string;
}

/** A bound that keeps the first values it sees. */
export function createLabelBound(): LabelBound {
  const kept = new Set<string>();
  return {
    keep(value) {
      if (kept.has(value)) return value;
      if (kept.size >= labelsKept - 1) return otherLabel;
      kept.add(value);
      return value;
    },
  };
}
