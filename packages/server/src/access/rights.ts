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
        `The token's scopes do not open this: it needs ${answer.needed}. Ask for it, and have it approved.`,
      );
    },
    find: (interaction) => {
      const answer = permit(grant, interaction);
      return isDenied(answer) ? undefined : answer;
    },
  };
}
