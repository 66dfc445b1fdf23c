import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { AppId } from '#apps';
import { RoomkeyError } from '#kernel';
import type { ApiKeys, KeyInfo, Scope } from './api-keys.ts';
import type { FailedAttempts } from './failed-attempts.ts';

/**
 * Which apps a route touches (API2). `path`: the app in the path, which the key must be bound to. `own`: several apps,
 * the answer is narrowed to those of the key. `all`: the installation, only for keys that are bound to no app.
 * `none`: no app at all.
 */
export type AppBinding = 'path' | 'own' | 'all' | 'none';

/** What a route asks of its caller. Only health is open (SC1). */
export type AccessRule =
  | { readonly open: true }
  | { readonly open: false; readonly scope: Scope; readonly binding: AppBinding };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one without is refused at registration (API2). */
    access?: AccessRule;
    /** The answer shows a secret once: it is not kept for `Idempotency-Key`. */
    showsSecret?: true;
  }
  interface FastifyRequest {
    /** The key that called; null on open routes and before it was checked. */
    apiKey: KeyInfo | null;
  }
}

/** The rule of a route: the scope a key needs, and how the route is bound to apps. */
export function needs(scope: Scope, binding: AppBinding): { access: AccessRule } {
  return { access: { open: false, scope, binding } };
}

/** The rule of a route that answers everybody: health only. */
export const openToAll: { access: AccessRule } = { access: { open: true } };

/** What the guard asks. */
export interface GuardParts {
  readonly keys: ApiKeys;
  readonly attempts: FailedAttempts;
  readonly addressOf: (request: FastifyRequest) => string;
  readonly hasApp: (appId: AppId) => boolean;
}

/**
 * Denies by default (SC1): refuses to register a route without an access rule, and lets a request on to its handler
 * only after its key, its app and its scope were checked, before any body is read.
 */
export function guardRoutes(app: FastifyInstance, parts: GuardParts): void {
  app.decorateRequest('apiKey', null);
  app.addHook('onRoute', (route: RouteOptions) => {
    const access = route.config?.access;
    if (access === undefined) throw new TypeError(`${route.url} declares no access rule`);
    const hasAppInPath = route.url.includes('/:appId');
    if (hasAppInPath !== (!access.open && access.binding === 'path')) {
      throw new TypeError(`${route.url} declares another app binding than its path has`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    // Paths that are not there carry no rule; the answer is 404 and tells nothing.
    if (access === undefined || access.open) return;
    request.apiKey = await authenticate(request, parts);
    authorize(request, access, parts);
  });
}

async function authenticate(request: FastifyRequest, parts: GuardParts): Promise<KeyInfo> {
  const text = bearerOf(request.headers.authorization);
  const key = text === undefined ? undefined : await parts.keys.find(text);
  if (key !== undefined) return key;
  // A key that passes is never refused for the failures of others on its address, so nobody is locked out (SC5).
  const waitMs = parts.attempts.count(parts.addressOf(request));
  if (waitMs > 0) throw new RoomkeyError('apiTooFrequent', { cause: { retryAfterMs: waitMs } });
  throw new RoomkeyError('unauthorized');
}

function bearerOf(header: string | undefined): string | undefined {
  const scheme = 'bearer ';
  if (header?.slice(0, scheme.length).toLowerCase() !== scheme) return undefined;
  return header.slice(scheme.length);
}

function authorize(
  request: FastifyRequest,
  access: Extract<AccessRule, { open: false }>,
  parts: GuardParts,
): void {
  const key = callerOf(request);
  if (access.binding === 'path') {
    const appId = appIdInPath(request);
    // Another's app and no app at all look the same (API2).
    if (appId === undefined || !mayTouch(key, appId) || !parts.hasApp(appId)) {
      throw new RoomkeyError('notFound');
    }
  }
  if (access.binding === 'all' && key.appIds !== null) throw new RoomkeyError('forbidden');
  if (!key.scopes.includes(access.scope)) throw new RoomkeyError('forbidden');
}

function appIdInPath(request: FastifyRequest): AppId | undefined {
  const text = (request.params as { appId?: string }).appId ?? '';
  const number = Number(text);
  const isAppId = Number.isInteger(number) && number >= 1 && number <= 0xffff_ffff;
  // One spelling only: 7, never 07, 7.0 or 0x7.
  return isAppId && String(number) === text ? number : undefined;
}

/** Whether a key may touch an app. */
export function mayTouch(key: KeyInfo, appId: AppId): boolean {
  return key.appIds === null || key.appIds.includes(appId);
}

/**
 * The key that called.
 *
 * @throws TypeError on an open route, which has none.
 */
export function callerOf(request: FastifyRequest): KeyInfo {
  if (request.apiKey === null) throw new TypeError('an open route has no caller');
  return request.apiKey;
}
