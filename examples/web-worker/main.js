const photo = document.querySelector('#photo');
const pen = photo.getContext('2d');
pen.fillStyle = 'grey';
pen.fillRect(0, 0, 64, 64);
pen.fillStyle = 'red';
pen.fillRect(8, 16, 24, 24);

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data: { picture, top } }) => {
  const canvas = document.querySelector('#map');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d').putImageData(picture, 0, 0);
  document.querySelector('#said').textContent = top;
});
const bitmap = await createImageBitmap(photo);
worker.postMessage({ bitmap, url: new URL('model/model.json', document.baseURI).href }, [bitmap]);
