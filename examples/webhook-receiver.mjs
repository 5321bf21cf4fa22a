#!/usr/bin/env node
// Receives what the action `webhook` sends, and prints a line for each alert.
//
//   WEBHOOK_SECRET=whsec_… PORT=8080 node webhook-receiver.mjs
//
// Requests are signed after Standard Webhooks (https://www.standardwebhooks.com): whoever can't sign is refused, and so is a
// request that was recorded and comes again later. psstop repeats a request until it is answered well, under the same
// id: what has been seen is answered, and not counted twice.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const TOLERANCE = 300; // seconds
const LONGEST = 2 ** 20; // bytes
const REMEMBERED = 10_000;

const key = Buffer.from((process.env.WEBHOOK_SECRET ?? '').replace(/^whsec_/, ''), 'base64');
if (key.length < 24) throw new Error('WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64');

const seen = new Set();

function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < TOLERANCE)) return false;
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

function take(event) {
  // JSON.stringify: names of processes are written by strangers, and must not reach the terminal as they are.
  console.log(
    `${event.kind} ${event.severity} ${event.rule} ${JSON.stringify(event.target.name)}: ${JSON.stringify(event.message)}`,
  );
}

const server = createServer((request, response) => {
  const parts = [];
  let length = 0;
  request.on('data', (part) => {
    length += part.length;
    if (length > LONGEST) request.destroy();
    else parts.push(part);
  });
  request.on('end', () => {
    const body = Buffer.concat(parts).toString();
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end('the signature is wrong\n');
    const id = request.headers['webhook-id'];
    if (!seen.has(id)) take(JSON.parse(body));
    seen.add(id);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
    return response.writeHead(204).end();
  });
});

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () =>
  console.log(`listening on ${server.address().port}`),
);
