import { explain } from './explain';

const photo = document.querySelector<HTMLCanvasElement>('#photo')!;
const pen = photo.getContext('2d')!;
pen.fillStyle = 'grey';
pen.fillRect(0, 0, 64, 64);
pen.fillStyle = 'red';
pen.fillRect(8, 16, 24, 24);

const top = await explain(photo, document.querySelector<HTMLCanvasElement>('#map')!);
document.querySelector('#said')!.textContent = top;
