import { check, type LoadAnswer, type LoadRequest } from './check.ts';
import { checkStored } from './stored.ts';

/**
 * The short-lived child that reads the user's files: a request as JSON on standard input, the answer as JSON on
 * standard output. Whoever started it bounds its time and memory; it may be killed at any moment without loss.
 */
const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const request = JSON.parse(Buffer.concat(chunks).toString('utf8')) as LoadRequest;
const answer: LoadAnswer = request.stored ? checkStored(request) : await check(request);
process.stdout.write(JSON.stringify(answer));
