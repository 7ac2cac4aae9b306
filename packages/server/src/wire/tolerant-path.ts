import type { Endpoint } from '../oauth/endpoint.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';

type Route = readonly [path: string, endpoint: Endpoint];

/**
 * What answers below `/oauth2/{site}/` where no route is met to the letter: the route that would be, but for capitals in
 * its words and a slash at its end; else a 404 that can be read. OpenEMR finds its endpoints whatever their case.
 * @param routes those of the gate; a segment that begins with a colon is a parameter, which is kept as it came
 */
export function tolerantEndpoint(routes: readonly Route[]): Endpoint {
  const known = routes.map(([path, endpoint]) => ({ segments: path.split('/').slice(3), path, endpoint }));
  const below = known.filter(({ path }) => path.startsWith('/oauth2/:site/'));
  return async (gate, request) => {
    if (!(await gate.site(request.site))) return refusalAnswer(new OAuthError('unknown-site'));
    const segments = (request.parameters['*'] ?? '').replace(/\/+$/, '').split('/');
    for (const { segments: wanted, endpoint } of below) {
      const parameters = parametersOf(wanted, segments);
      if (parameters) return endpoint(gate, { ...request, parameters });
    }
    return refusalAnswer(new OAuthError('unknown-endpoint'));
  };
}

function parametersOf(wanted: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, word] of wanted.entries()) {
    const segment = segments[i] ?? '';
    if (word.startsWith(':') && segment !== '') parameters[word.slice(1)] = segment;
    else if (word.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return parameters;
}
