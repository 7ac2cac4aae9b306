import type { Exchange, GateAnswer } from './exchange.ts';
import { type OAuthError, refusalAnswer } from './oauth-error.ts';
import { type OpenEmrWording, openEmrWordings } from './refusals/openemr.ts';

/** Whether the site answers as OpenEMR does where that differs from the standards. */
export function speaksOpenEmr({ settings }: Pick<Exchange, 'settings'>): boolean {
  return settings.compatibility === 'openemr';
}

/**
 * A refusal as JSON, in the dialect of the site. OpenEMR's has `message`, which repeats the description, and for some
 * refusals a `hint`, another status or another code.
 */
export function refusalInDialect(x: Exchange, refusal: OAuthError, ticket: string | undefined): GateAnswer {
  const answer = refusalAnswer(refusal, ticket);
  if (!speaksOpenEmr(x)) return answer;
  const { status, error, description, hint }: OpenEmrWording = openEmrWordings[refusal.refusal] ?? {};
  const message = description ?? refusal.message;
  const said = refusal.hint ?? hint;
  return {
    ...answer,
    status: status ?? answer.status,
    body: {
      error: error ?? refusal.error,
      error_description: message,
      ...(said === undefined ? {} : { hint: said }),
      message,
      ...(ticket === undefined ? {} : { ticket }),
    },
  };
}
