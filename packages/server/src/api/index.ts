/**
 * api: the owner's HTTP API, health and figures. Owns the routes, who may call them (API keys with scopes, bound to
 * apps), answers that are kept for `Idempotency-Key`, and how errors are written.
 *
 * It stands on the owner's desk and on readers: it orders no steps of a login and changes no session by itself.
 * Deny by default: a route without an access rule cannot be registered.
 * Rules: API1, API2 (by key), API4, SC1, SC2, SC4 and SC5 as far as HTTP goes.
 */
export {
  type ApiKeys,
  createApiKeys,
  type KeyInfo,
  type KeyRequest,
  type Scope,
  scopes,
} from './api-keys.ts';
export type { Api, ApiParts } from './api-parts.ts';
export { createApi } from './create-api.ts';
export { createIdempotencyStore, type IdempotencyStore } from './idempotency-store.ts';
export {
  type CountedLogin,
  createServerMetrics,
  type MetricSources,
  type ServerMetrics,
} from './metrics.ts';
export { createOwnerRecords, type OwnerRecords } from './owner-records.ts';
