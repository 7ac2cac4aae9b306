import { stopCommand } from '../../admin/stop.ts';

/** `clients revoke`. */
export const command = stopCommand('revoke', [
  ['clients revoke ID', 'its tokens end now, and it never comes back'],
  ['clients revoke ID --yes --reason "key was published"', 'without the question'],
]);
