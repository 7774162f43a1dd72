import { basename } from 'node:path';
import { explainImage } from '../../examples/batch/explainImage';
import { serveJob } from '../../examples/batch/serveJob';

// A worker that one image kills: `abort.png` itself alone, `abortAll.png` the process that started it, too.

serveJob((settings, image) => {
  const name = basename(image);
  if (name === 'abortAll.png') process.kill(process.ppid, 'SIGKILL');
  if (name === 'abort.png' || name === 'abortAll.png') process.kill(process.pid, 'SIGKILL');
  return explainImage(settings, image);
});
