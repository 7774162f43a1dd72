import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { imageStates, type ImageResult } from './imageResult';

/** What Prometheus is told of a run. */
export interface Metrics {
  readonly onResult: (result: ImageResult) => void;
  readonly onDeath: () => void;
  readonly onQueue: (chunks: number) => void;
  /** Where they are served; undefined if they are not. */
  readonly port: number | undefined;
  readonly close: () => void;
}

/** Counts; and with a port, serves the counts at /metrics. Port 0 is any that is free. */
export async function startMetrics(port: number | undefined): Promise<Metrics> {
  const registers = [new Registry()] as const;
  const images = new Counter({
    name: 'saliency_images_total',
    help: 'Images that are over, by what became of them',
    labelNames: ['state'],
    registers: [...registers],
  });
  for (const state of imageStates) images.inc({ state }, 0);
  const seconds = new Histogram({
    name: 'saliency_map_seconds',
    help: 'Seconds from the file of an image to the file of its map',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
    registers: [...registers],
  });
  const deaths = new Counter({
    name: 'saliency_worker_deaths_total',
    help: 'Processes that ended while they explained an image',
    registers: [...registers],
  });
  const queue = new Gauge({
    name: 'saliency_queue_chunks',
    help: 'Chunks that wait in the queue',
    registers: [...registers],
  });
  const counting = {
    onResult: ({ state, found, ms }: ImageResult) => {
      images.inc({ state });
      if (state === 'done' && !found) seconds.observe(ms / 1000);
    },
    onDeath: () => deaths.inc(),
    onQueue: (chunks: number) => queue.set(chunks),
  };
  if (port === undefined) return { ...counting, port, close: () => undefined };

  const [register] = registers;
  collectDefaultMetrics({ register });
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    void register.metrics().then((text) => {
      response.setHeader('Content-Type', register.contentType);
      response.end(text);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) => reject(new Error(`--metrics-port: ${message}`)));
    server.listen(port, resolve);
  });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { ...counting, port: (server.address() as AddressInfo).port, close };
}
