import { explainImage } from './explainImage';
import { serveJob } from './serveJob';

serveJob(explainImage);
