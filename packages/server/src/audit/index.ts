/**
 * audit: what can be looked up later. Owns the audit trail's chain (every owner's act, in the transaction of the act)
 * and the diagnoses of refusals.
 *
 * It decides nothing and holds no secret: a diagnosis has what a token said that opened, never its text.
 * Rules: ST2 (audit trail), AD13.
 */
export { type AuditCheck, type AuditHead, type AuditTrail, createAuditTrail } from './audit-trail.ts';
export {
  createDiagnoses,
  type Diagnoses,
  type DiagnosesOptions,
  type Diagnosis,
  type DroppedDiagnosis,
  type RefusalFacts,
} from './diagnoses.ts';
