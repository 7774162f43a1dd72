import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis of its own, which keeps nothing. */
export interface RedisServer {
  readonly address: string;
  readonly end: () => Promise<void>;
}

/** Whether this machine has redis-server; Debian's package has that name. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', settings, { stdio: 'ignore', cwd: tmpdir() });
  const address = `redis://127.0.0.1:${port}`;
  await answers(address, server);
  const end = async () => {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  };
  return { address, end };
}

async function answers(address: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && server.exitCode === null; tries++) {
    const redis = new Redis(address, { lazyConnect: true });
    redis.on('error', () => undefined);
    const isUp = await redis.connect().then(
      () => true,
      () => false,
    );
    redis.disconnect();
    if (isUp) return;
    await sleep(100);
  }
  throw new Error('redis-server did not start');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
