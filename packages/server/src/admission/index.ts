export type {
  Admitted,
  Check,
  Credential,
  Decision,
  Grants,
  OpenedToken,
  ProofBinding,
  Refused,
  RuleOutcomes,
  TokenEvidence,
  TokenPrivileges,
  VerifiedCredential,
} from './decision.ts';
