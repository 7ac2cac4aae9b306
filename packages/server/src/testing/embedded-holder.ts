/** Run as a process of its own by the tests of the bundled PostgreSQL: holds a data directory until told to stop. */
import { startEmbedded } from '../embedded/embedded.ts';

const embedded = await startEmbedded({ dataDirectory: process.argv[2] ?? '' });
process.on('message', async () => {
  await embedded.stop();
  process.disconnect();
});
process.send?.(embedded.connection);
