import { type Letter, parseResource } from '@chartgate/fhir';
import type { Content, Interaction } from '../access/interaction.ts';
import { isDenied, type Permitted, permit } from '../access/permit.ts';

/** A permit for the interaction under scopes that open everything on every type, or what `letters` and `type` say. */
export function permitted<I extends Interaction>(
  interaction: I,
  { type = '*', letters = ['c', 'r', 'u', 'd', 's'] }: { type?: string; letters?: readonly Letter[] } = {},
): Permitted<I> {
  const scope = { kind: 'resource' as const, context: 'system' as const, type, letters, criteria: [], text: 'test' };
  const answer = permit(
    { site: 'default', clientId: 'test', scopes: [scope], expiresAt: Date.now() + 60_000 },
    interaction,
  );
  if (isDenied(answer)) throw new Error(`The test's scope does not open ${interaction.code}`);
  return answer;
}

/** Content as the wire would hand it on. */
export function content(resource: { readonly resourceType: string; readonly [member: string]: unknown }): Content {
  return parseResource(JSON.stringify(resource));
}
