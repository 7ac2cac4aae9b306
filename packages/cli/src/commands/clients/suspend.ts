import { stopCommand } from '../../admin/stop.ts';

/** `clients suspend`. */
export const command = stopCommand('suspend', [
  ['clients suspend ID', 'its tokens end now; approve lets it in again'],
  ['clients suspend ID --reason "too many requests"', 'the reason is kept with the client'],
]);
