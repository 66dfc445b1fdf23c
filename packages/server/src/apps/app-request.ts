import { RoomkeyError } from '#kernel';
import type { AppId } from './app.ts';

/** A new app; what is left out is chosen at random. */
export interface CreateAppRequest {
  readonly name: string;
  readonly appId?: AppId;
  readonly allowedOrigins?: readonly string[];
}

/** A server secret that is brought along; without an id it gets one. */
export interface ImportedSecret {
  readonly secretId?: string;
  readonly secret: string;
}

/** An app that is in use elsewhere, with what its issuers and clients hold already. */
export interface ImportAppRequest {
  readonly name: string;
  readonly appId: AppId;
  /** Without one nobody is admitted by AppSign. */
  readonly appSign?: string;
  /** 1 to 4; the first becomes the primary, the others open beside it. */
  readonly secrets: readonly (string | ImportedSecret)[];
  readonly allowedOrigins?: readonly string[];
}

/** The largest app id. */
export const largestAppId = 0xffff_ffff;

const longestName = 100;
const mostOrigins = 100;
const secretBytes = 32;
const mostImported = 4;
const secretIdShape = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

/** All problems of a request for a new app, each as path and what is allowed; never a value (SC4). */
export function findCreateProblems(request: CreateAppRequest): readonly string[] {
  return [
    ...nameProblems(request.name),
    ...(request.appId === undefined ? [] : appIdProblems(request.appId)),
    ...findOriginProblems(request.allowedOrigins ?? []),
  ];
}

/** All problems of a request to import an app, each as path and what is allowed; never a value (SC4). */
export function findImportProblems(request: ImportAppRequest): readonly string[] {
  const secrets = Array.isArray(request.secrets) ? request.secrets.map(toImportedSecret) : [];
  const count = secrets.length >= 1 && secrets.length <= mostImported;
  const ids = secrets.flatMap(({ secretId }) => (secretId === undefined ? [] : [secretId]));
  return [
    ...nameProblems(request.name),
    ...appIdProblems(request.appId),
    ...(request.appSign === undefined ? [] : appSignProblems(request.appSign)),
    ...(count ? [] : [`/secrets: 1 to ${mostImported} server secrets`]),
    ...secrets.flatMap((secret, index) => findSecretProblems(secret, `/secrets/${index}`)),
    ...(new Set(ids).size === ids.length ? [] : ['/secrets: no two with the same secretId']),
    ...findOriginProblems(request.allowedOrigins ?? []),
  ];
}

/** The problems of one server secret: exactly 32 printable ASCII characters, an id of letters, digits, `-` and `_`. */
export function findSecretProblems(secret: ImportedSecret, path: string): readonly string[] {
  const problems: string[] = [];
  if (secret.secretId !== undefined && !secretIdShape.test(String(secret.secretId))) {
    problems.push(`${path}/secretId: 1 to 32 letters, digits, - and _, beginning with a letter or digit`);
  }
  if (typeof secret.secret !== 'string' || !isPrintableAscii(secret.secret, secretBytes)) {
    problems.push(`${path}/secret: exactly ${secretBytes} printable ASCII characters`);
  }
  return problems;
}

/** The problems of a list of web origins: `https://host` or `http://host`, with a port where it is not the usual one (WS14). */
export function findOriginProblems(origins: readonly string[]): readonly string[] {
  if (!Array.isArray(origins) || origins.length > mostOrigins) {
    return [`/allowedOrigins: at most ${mostOrigins} origins`];
  }
  return origins.flatMap((origin, index) =>
    isOrigin(origin) ? [] : [`/allowedOrigins/${index}: an origin such as https://app.example.com`],
  );
}

/** Refuses with all problems at once. */
export function refuseProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new RoomkeyError('validation', { details: problems });
}

/** The long form of a secret that may be given as bare text. */
export function toImportedSecret(secret: string | ImportedSecret): ImportedSecret {
  return typeof secret === 'string' ? { secret } : secret;
}

function nameProblems(name: string): readonly string[] {
  const fits =
    typeof name === 'string' && name.trim() !== '' && name.length <= longestName && isPrintable(name);
  return fits ? [] : [`/name: 1 to ${longestName} characters, no control characters`];
}

function appIdProblems(appId: AppId): readonly string[] {
  const fits = Number.isInteger(appId) && appId >= 1 && appId <= largestAppId;
  return fits ? [] : [`/appId: a whole number from 1 to ${largestAppId}`];
}

function appSignProblems(appSign: string): readonly string[] {
  const fits = typeof appSign === 'string' && /^[0-9a-fA-F]{64}$/.test(appSign);
  return fits ? [] : ['/appSign: 64 hexadecimal characters'];
}

function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

function isPrintableAscii(text: string, length: number): boolean {
  return text.length === length && /^[\x20-\x7e]*$/.test(text);
}

function isOrigin(text: unknown): boolean {
  if (typeof text !== 'string' || text.length > 255 || !/^https?:\/\//.test(text)) return false;
  return URL.canParse(text) && new URL(text).origin === text;
}
