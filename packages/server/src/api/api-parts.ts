import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { OwnerDesk } from '#access';
import type { App, AppId } from '#apps';
import type { Clock, Logger } from '#kernel';
import type { Actor, RulesStore } from '#policy';
import type { Ledger } from '#storage';
import { callerOf } from './access-rule.ts';
import type { ApiKeys } from './api-keys.ts';
import type { IdempotencyStore } from './idempotency-store.ts';
import type { ServerMetrics } from './metrics.ts';
import type { OwnerRecords } from './owner-records.ts';

/** The server routes are added to; bodies, queries and paths are typed by their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A new or imported app, with the secrets that were made for it: they are shown in this answer only (API2). */
export interface CreatedApp {
  readonly app: App;
  /** Only when it was made here. */
  readonly appSign?: string;
  /** Only those that were made here. */
  readonly secrets: readonly { readonly secretId: string; readonly secret: string }[];
}

/** An app that is brought along, with the secrets in use. */
export interface ImportRequest {
  readonly appId: AppId;
  readonly name: string;
  readonly appSign?: string;
  readonly secrets: readonly string[];
}

/** Makes apps; implemented by policy. Both refuse with `alreadyExists` and `validation`, and are audited. */
export interface AppRegistry {
  createApp(request: { readonly name: string; readonly appId?: AppId }, by: Actor): Promise<CreatedApp>;
  importApp(request: ImportRequest, by: Actor): Promise<CreatedApp>;
}

/** Answers why somebody was refused; undefined for ids that are not this app's (AD13). */
export interface WhyDesk {
  findWhy(
    appId: AppId,
    diagnosisId: string,
  ): Promise<object | { readonly dropped: true; readonly alike: number } | undefined>;
}

/** The counters of logins per app, as plain JSON; ids of users never stand in them (MG1, MG1a). */
export interface CounterSource {
  snapshot(appId: AppId): object;
}

/** Checks the chain of the audit trail from its first entry to its last (ST2). */
export interface AuditVerifier {
  verify(): Promise<{ readonly ok: boolean; readonly entries: number; readonly brokenAt?: number }>;
}

/** Whether logins are served, and what is missing if not (API4). */
export interface Readiness {
  readonly ready: boolean;
  readonly missing: readonly string[];
}

/** Everything the API stands on; it owns none of it. */
export interface ApiParts {
  readonly ownerDesk: OwnerDesk;
  readonly rules: RulesStore;
  readonly apps: AppRegistry;
  readonly records: OwnerRecords;
  readonly ledger: Ledger;
  readonly why: WhyDesk;
  readonly counters: CounterSource;
  readonly audit: AuditVerifier;
  readonly keys: ApiKeys;
  readonly idempotency: IdempotencyStore;
  readonly metrics: ServerMetrics;
  readonly readiness: () => Readiness;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bucket key of a request's address, by `trustedProxies` (CF4); default: the socket's address, /64 for IPv6. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** Callers reach the server by https: HSTS is sent (SC5). */
  readonly https?: boolean;
  /** `/metrics` answers without a key. */
  readonly metricsOpen?: boolean;
}

/** Who is behind a request, for history and audit. */
export function actorOf(request: FastifyRequest, why?: string): Actor {
  return { name: `api-key:${callerOf(request).keyId}`, ...(why === undefined ? {} : { why }) };
}
