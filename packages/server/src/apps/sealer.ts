import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** Where a sealed value stands; a value copied to another place does not open there (SC3). */
export interface SealedPlace {
  readonly kind: 'serverSecret' | 'appSign';
  readonly appId: number;
  /** The secret's id; for an AppSign the word `appSign`. */
  readonly id: string;
}

/** Seals what must not lie readable in the database, under keys derived from the master key (SC3). */
export interface Sealer {
  /** A new random nonce each time, so equal bytes do not look equal. */
  seal(place: SealedPlace, bytes: Uint8Array): Uint8Array;
  /**
   * The bytes, in memory of their own: the caller wipes them once a KeyObject is made.
   *
   * @throws {SealedValueDamaged} when the value is not what `seal` made for this place under this master key.
   */
  open(place: SealedPlace, sealed: Uint8Array): Buffer;
  /** A keyed digest in hex by which equal secrets are found without opening any (AD12). */
  fingerprint(bytes: Uint8Array): string;
  /** Tells two master keys apart and says nothing of either; 64 hex characters. */
  readonly checkValue: string;
  /** A key of 32 bytes for another purpose, such as the chain of the audit trail. The same purpose gives the same key. */
  subKey(purpose: string): KeyObject;
}

/** A sealed value that does not open: altered, moved from another row, or of another master key. */
export class SealedValueDamaged extends Error {
  readonly place: SealedPlace;

  constructor(place: SealedPlace) {
    super(`the sealed ${place.kind} ${place.id} of app ${place.appId} does not open`);
    this.name = 'SealedValueDamaged';
    this.place = place;
  }
}

const masterKeyBytes = 32;
const sealVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const overheadBytes = 1 + nonceBytes + tagBytes;
const checkedText = 'roomkey master key check';

/**
 * Makes the sealer of a master key of 32 bytes. Sealed values are: version byte 1, nonce of 12 bytes, AES-256-GCM
 * ciphertext, tag of 16 bytes; kind, app, id and version are associated data.
 *
 * @throws {TypeError} when the master key is not 32 secret bytes.
 */
export function createSealer(masterKey: KeyObject): Sealer {
  if (masterKey.type !== 'secret' || masterKey.symmetricKeySize !== masterKeyBytes) {
    throw new TypeError('a master key is 32 secret bytes');
  }
  const subKey = (purpose: string): KeyObject => deriveKey(masterKey, purpose);
  const sealing = { serverSecret: subKey('seal serverSecret'), appSign: subKey('seal appSign') };
  const fingerprinting = subKey('fingerprint');
  return {
    seal: (place, bytes) => seal(sealing[place.kind], place, bytes),
    open: (place, sealed) => open(sealing[place.kind], place, sealed),
    fingerprint: (bytes) => createHmac('sha256', fingerprinting).update(bytes).digest('hex'),
    checkValue: createHmac('sha256', subKey('check')).update(checkedText).digest('hex'),
    subKey: (purpose) => subKey(`other ${purpose}`),
  };
}

function deriveKey(masterKey: KeyObject, purpose: string): KeyObject {
  const derived = Buffer.from(hkdfSync('sha256', masterKey, '', `roomkey-v1 ${purpose}`, masterKeyBytes));
  const key = createSecretKey(derived);
  derived.fill(0);
  return key;
}

function seal(key: KeyObject, place: SealedPlace, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(place));
  const sealed = [cipher.update(bytes), cipher.final()];
  return Buffer.concat([Buffer.of(sealVersion), nonce, ...sealed, cipher.getAuthTag()]);
}

function open(key: KeyObject, place: SealedPlace, sealed: Uint8Array): Buffer {
  if (sealed.length < overheadBytes || sealed[0] !== sealVersion) throw new SealedValueDamaged(place);
  const nonce = sealed.subarray(1, 1 + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const opened = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes));
  try {
    decipher.final();
  } catch {
    // The cause would say no more than that the tag did not fit.
    opened.fill(0);
    throw new SealedValueDamaged(place);
  }
  return opened;
}

/** Each field as u16 length and UTF-8, so that no two places give the same bytes. */
function associatedData(place: SealedPlace): Buffer {
  const fields = [place.kind, String(place.appId), place.id, String(sealVersion)];
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field, 'utf8');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}
