import { forbidden } from '@chartgate/fhir';
import type { Grant } from './grant.ts';
import type { Interaction } from './interaction.ts';
import { isDenied, type Permitted, permit } from './permit.ts';

/** Permits under one grant. */
export type Rights = {
  /** @throws {FhirError} 403 naming a scope that would open what is asked */
  require<I extends Interaction>(interaction: I): Permitted<I>;
  /** Undefined where the grant does not open it. */
  find<I extends Interaction>(interaction: I): Permitted<I> | undefined;
};

export function rightsOf(grant: Grant): Rights {
  return {
    require: (interaction) => {
      const answer = permit(grant, interaction);
      if (!isDenied(answer)) return answer;
      throw forbidden(
        answer.why ??
          `The token's scopes do not open this: it needs ${answer.needed}. Ask for it, and have it approved.`,
      );
    },
    find: (interaction) => {
      const answer = permit(grant, interaction);
      return isDenied(answer) ? undefined : answer;
    },
  };
}

/** Whom a paging link is for: it opens nothing for another client, user or launch. */
export function identityOf({ site, clientId, user, patient }: Grant): string {
  return JSON.stringify([site, clientId, user?.reference ?? null, patient ?? null]);
}

/** @throws {FhirError} 403 where the token is another site's, however it came to be accepted */
export function requireSameSite(grant: Grant, site: string): void {
  if (grant.site !== site) throw forbidden('The token is for another site. Get one from the site that is asked.');
}
