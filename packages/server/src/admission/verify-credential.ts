import { appSignProofInput } from '@roomkey/protocol';
import type { KeyRing } from '#apps';
import type { Credential, ProofBinding, VerifiedCredential } from './decision.ts';
import { readToken } from './read-token.ts';

/**
 * All the crypto of an admission, once (AD1): opens the token and compares the AppSign proof. What comes back says
 * what was proven; whether that is enough is for the decisions, which may ask it again under other rules.
 *
 * A proof is `bad` when it is wrong, when no valid challenge was left, when the AppSign is not active, and for
 * `resume`, which no proof is made for (AD2). The caller has spent the challenge before.
 *
 * @throws {TypeError} when the binding has an app id outside 1..4294967295 or a field over 65535 bytes.
 */
export function verifyCredential(
  credential: Credential,
  keys: KeyRing,
  binding: ProofBinding,
): VerifiedCredential {
  return {
    token: readToken(credential.token, keys),
    appSign: verifyProof(credential.appSignProof, keys, binding),
  };
}

function verifyProof(
  proof: string | undefined,
  keys: KeyRing,
  binding: ProofBinding,
): VerifiedCredential['appSign'] {
  if (proof === undefined || proof === '') return 'none';
  const { challenge, verb } = binding;
  if (keys.appSign === undefined || challenge === undefined || verb === 'resume') return 'bad';
  return keys.appSign.verify(appSignProofInput({ ...binding, verb, challenge }), proof) ? 'ok' : 'bad';
}
