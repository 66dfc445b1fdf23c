/**
 * The door for tests (TK8): sealing whose every byte is fixed, and opening whose steps are counted.
 * Nothing here belongs into a running service.
 */
export type { JsonDocument, JsonKind, JsonNode, JsonScan } from './json-scanner.ts';
export type { StepName, StepTally } from './step-tally.ts';
export type { CountedOpening } from './testing/open-counted.ts';
export { openCounted } from './testing/open-counted.ts';
export type { FixedSeal } from './testing/seal-fixed.ts';
export { sealFixed } from './testing/seal-fixed.ts';
export type { JsonSeal } from './testing/seal-json.ts';
export { sealJson } from './testing/seal-json.ts';
