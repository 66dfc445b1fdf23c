import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { guardRoutes, needs } from './access-rule.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { addAppRoutes, addSecretRoutes } from './app-routes.ts';
import { createFailedAttempts } from './failed-attempts.ts';
import { addHealthRoutes } from './health-routes.ts';
import { keepAnswers } from './idempotent-writes.ts';
import { addPolicyRoutes } from './policy-routes.ts';
import { answerNotFound, problemFrom, sendProblem } from './problem.ts';
import { addInstallationRoutes, addRecordRoutes } from './record-routes.ts';
import { addRevocationRoutes, addSessionRoutes } from './session-routes.ts';

const bodyLimitBytes = 64 * 1024;

/**
 * The owner's HTTP API with health and figures, on a server of its own that is not listening yet (API1, API2, API4).
 *
 * Its HTTP server is shared with the signal connection, which takes the upgrades.
 */
export function createApi(parts: ApiParts): Api {
  const api = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    // All problems of a body at once, and nothing bent to fit: `"1"` is no number (CF2, SC2).
    ajv: {
      customOptions: { allErrors: true, coerceTypes: 'array', removeAdditional: false, useDefaults: false },
    },
    routerOptions: { maxParamLength: 256 },
  }).withTypeProvider<TypeBoxTypeProvider>() as Api;
  const attempts = createFailedAttempts(parts.clock);
  const addressOf = (request: {
    raw: Parameters<NonNullable<ApiParts['addressOf']>>[0];
    ip: string;
  }): string => parts.addressOf?.(request.raw) ?? request.ip;
  guardRoutes(api as never, {
    keys: parts.keys,
    attempts,
    addressOf,
    hasApp: (appId) => parts.rules.find(appId) !== undefined,
  });
  keepAnswers(api as never, parts.idempotency, parts.logger);
  addHeaders(api, parts);
  api.setErrorHandler((error, _request, reply) => sendProblem(reply, problemFrom(error, parts.logger)));
  api.setNotFoundHandler(answerNotFound);
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Roomkey owner API',
        version: '1',
        description: 'Apps, secrets, policy, sessions, revocations and refusals of one installation.',
      },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      security: [{ apiKey: [] }],
    },
  });
  void api.register(async (scope) => addHealthRoutes(scope as unknown as Api, parts));
  void api.register(async (scope) => addRoutes(scope as unknown as Api, parts), { prefix: '/api/v1' });
  return api;
}

function addRoutes(api: Api, parts: ApiParts): void {
  addAppRoutes(api, parts);
  addSecretRoutes(api, parts);
  addPolicyRoutes(api, parts);
  addSessionRoutes(api, parts);
  addRevocationRoutes(api, parts);
  addRecordRoutes(api, parts);
  addInstallationRoutes(api, parts);
  api.get('/openapi.json', { config: needs('read', 'none'), schema: { hide: true } }, async () =>
    api.swagger(),
  );
}

function addHeaders(api: Api, parts: ApiParts): void {
  api.addHook('onSend', async (_request, reply) => {
    void reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...(parts.https === true ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    });
  });
}
