import { FhirError } from '@chartgate/fhir';
import type { FastifyInstance } from 'fastify';
import { allowedAt } from '../interaction/dispatch.ts';

/** The methods of the FHIR API. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Tells by `Allow` what an OPTIONS is about; the rest of the answer, for browsers of other origins, is CORS'. */
export function allowOptions(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS') return;
    const [, below = ''] = request.url.split('?')[0]!.split('/fhir');
    const allowed = methodsAt(below.split('/').filter((segment) => segment !== ''));
    if (allowed) reply.header('allow', allowed.join(', '));
  });
}

function methodsAt(path: readonly string[]): readonly string[] | undefined {
  if (path.length === 0) return ['POST', 'OPTIONS'];
  if (path[0] === 'metadata') return ['GET', 'HEAD', 'OPTIONS'];
  try {
    return allowedAt(path);
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}
