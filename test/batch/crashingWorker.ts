import { basename } from 'node:path';
import { explainImage } from '../../examples/batch/explainImage';
import { serveJob } from '../../examples/batch/serveJob';

// A worker that an image kills: `abort.png` itself alone, `abortAll.png` the process that started it, too;
// and `hang.png` keeps it busy for ever.

serveJob((settings, image, onBegun) => {
  const name = basename(image);
  if (name === 'abortAll.png') process.kill(process.ppid, 'SIGKILL');
  onBegun?.();
  if (name === 'abort.png' || name === 'abortAll.png') process.kill(process.pid, 'SIGKILL');
  while (name === 'hang.png');
  return explainImage(settings, image, onBegun);
});
