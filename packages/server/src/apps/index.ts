export type { App, AppId, AppSignState, AppSignVerifier, KeyRing, SecretInfo, SecretState } from './app.ts';
