import { parseScope, scopeLimits } from '@chartgate/fhir';
import type { Consent } from '../../store/authorization-ports.ts';
import { bounded, type Choice, grantedBy } from './choice.ts';
import { type Offer, valuesOf } from './offer.ts';

/** A choice as it is to be kept, together with what was decided before. */
export type Decision = Pick<Consent, 'scope' | 'refused'> & {
  /** Whether something is taken back that was allowed before: what was given then has to die. */
  readonly isNarrower: boolean;
};

type Before = Pick<Consent, 'scope' | 'refused'> | undefined;

/**
 * Joins a choice with the decision before it. A page asks about what one request wants: what another wanted stays as it
 * was decided, unless the user takes something back. Then only this choice counts, for what was given is to die.
 */
export function decisionOf({ scope, refused }: Choice, offer: Offer, before: Before): Decision {
  if (!before) return { scope, refused, isNarrower: false };
  const [wasGranted, isGranted] = [grantedBy(before.scope), grantedBy(scope)];
  const isNarrower = valuesOf(offer).some((value) => wasGranted(value) && !isGranted(value));
  if (isNarrower) return { scope, refused, isNarrower };
  const joined = joinedScope(before.scope, scope);
  // what cannot be read as a whole any more is no decision
  if (joined === undefined) return { scope, refused, isNarrower: false };
  const isAllowed = grantedBy(joined);
  const left = [...new Set([...namesIn(refused), ...namesIn(before.refused)])].filter(
    (text) => !isAllowed(text) || namesIn(refused).includes(text),
  );
  return { scope: joined, refused: bounded(left).join(' '), isNarrower: false };
}

function joinedScope(before: string, now: string): string | undefined {
  const names = new Set([...namesIn(now), ...namesIn(before)]);
  const joined = [...names].join(' ');
  const isReadable = names.size <= scopeLimits.scopes && joined.length <= scopeLimits.length;
  return isReadable && parseScope(joined).unknown.length === 0 ? joined : undefined;
}

function namesIn(scope: string): readonly string[] {
  return scope.split(' ').filter((name) => name !== '');
}
