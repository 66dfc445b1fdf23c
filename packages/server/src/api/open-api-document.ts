import swagger from '@fastify/swagger';
import type { Api } from './api-parts.ts';
import { problemShape } from './problem-shape.ts';

/** Registers the maker of the OpenAPI document; it must stand before the routes it describes (API1). */
export function describeRoutes(api: Api): void {
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Roomkey owner API',
        version: '1',
        description: 'Apps, secrets, policy, sessions, revocations and refusals of one installation.',
      },
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: rk_…' } },
      },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const rule =
        access === undefined || access.open
          ? { security: [] }
          : { security: [{ apiKey: [] }], 'x-scope': access.scope, 'x-app-binding': access.binding };
      return { schema: { ...schema, tags: [tagOf(url)], ...rule }, url };
    },
    transformObject: (document) => {
      const openapi = 'openapiObject' in document ? document.openapiObject : {};
      return completed(openapi as OpenApiDocument) as typeof openapi;
    },
  });
}

/** The resource a path is about: what follows the app, else the first word under the version. */
function tagOf(url: string): string {
  const [, , , first = 'health', , second] = url.split('/');
  if (first !== 'apps') return first;
  return second ?? 'apps';
}

interface OpenApiDocument {
  paths?: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
  components?: Record<string, unknown>;
}

/** Every operation may answer with a problem: said once, and pointed at; so is every schema with a title. */
function completed(document: OpenApiDocument): OpenApiDocument {
  const schemas: Record<string, unknown> = {};
  const problem = { $ref: '#/components/responses/Problem' };
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        namedOnce({ ...operation, responses: { ...operation.responses, default: problem } }, schemas),
      ]),
    ),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...document.components,
      schemas,
      responses: {
        Problem: {
          description: 'A refusal or a fault as RFC 9457 says, in English and Chinese',
          content: { 'application/problem+json': { schema: problemShape } },
        },
      },
    },
  };
}

/** A copy in which schemas with a title are pointed at; `schemas` takes them by that name. */
function namedOnce(value: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => namedOnce(each, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, namedOnce(each, schemas)]),
  );
  const { title } = copy;
  if (typeof title !== 'string') return copy;
  schemas[title] = copy;
  return { $ref: `#/components/schemas/${title}` };
}
