/** The stages of opening whose steps are counted. */
export type StepName = 'padding' | 'utf8' | 'decode' | 'scan' | 'field' | 'compare' | 'rule';

/** Counts the steps that opening takes; a test asks whether every refusal took the same (TK13). */
export interface StepTally {
  count(name: StepName, steps: number): void;
}
