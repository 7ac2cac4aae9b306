/** Run as a child process: answers bodies from memory by node:http alone, as fast as this machine does HTTP at all. */
import { createServer } from 'node:http';

let bodies: readonly Buffer[] = [];

const server = createServer((request, response) => {
  const body = bodies[Number(request.url?.slice(1))];
  if (!body) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': body.length }).end(body);
});

process.on('message', (message: readonly string[]) => {
  bodies = message.map((body) => Buffer.from(body));
  server.listen(0, 'localhost', () => process.send?.(server.address()));
});
process.on('disconnect', () => process.exit());
