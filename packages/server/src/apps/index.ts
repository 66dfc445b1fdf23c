/**
 * apps: what an app is, the life of its AppSign and of its server secrets, and how both are sealed. Owns the shape of
 * the rows `apps` and `app_secrets`, the sealer and the key ring.
 *
 * Bytes of a secret leave the database only into a KeyObject; nothing here gives them back. It never knows a policy,
 * and writes no transaction of its own: policy changes an app together with its rules.
 * Rules: AD2 (the verifier), AD12, SC3.
 */
export type { App, AppId, AppSignState, AppSignVerifier, KeyRing, SecretInfo, SecretState } from './app.ts';
export {
  type CreateAppRequest,
  findCreateProblems,
  findImportProblems,
  findOriginProblems,
  findSecretProblems,
  type ImportAppRequest,
  type ImportedSecret,
  refuseProblems,
  toImportedSecret,
} from './app-request.ts';
export {
  decideSecretChange,
  isOpening,
  type LastOpenedAt,
  maxHeldSecrets,
  maxOpeningSecrets,
  mayChangeAppSign,
  type SecretChange,
  type SecretDecision,
  type SecretMove,
  type SecretStanding,
} from './decide-secret-change.ts';
export { isSampleSecret } from './is-sample-secret.ts';
export {
  allFormats,
  chooseAppId,
  createAppSign,
  createAppSignVerifier,
  createKeyRing,
  createSecretId,
  createServerSecret,
  type HeldKeys,
  holdSecret,
} from './key-ring.ts';
export {
  checkMasterKey,
  type LoadedMasterKey,
  loadMasterKey,
  type MasterKeySource,
  MasterKeyUnusable,
} from './master-key.ts';
export { createSealer, type SealedPlace, SealedValueDamaged, type Sealer } from './sealer.ts';
export {
  type AppRow,
  type ClearApp,
  type ClearSecret,
  type OpenedApp,
  openApp,
  openSecret,
  type SecretRow,
  sealApp,
  sealSecret,
  toOpenedApp,
  toSecretInfo,
} from './stored-app.ts';
