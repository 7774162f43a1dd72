'use client';

import { useEffect, useRef, useState } from 'react';
import { explain } from './explain';

/** A photo, drawn here, and where the model sees its top class. */
export function Explained() {
  const photo = useRef<HTMLCanvasElement>(null);
  const map = useRef<HTMLCanvasElement>(null);
  const [said, setSaid] = useState('');

  useEffect(() => {
    const pen = photo.current!.getContext('2d')!;
    pen.fillStyle = 'grey';
    pen.fillRect(0, 0, 64, 64);
    pen.fillStyle = 'red';
    pen.fillRect(8, 16, 24, 24);
    explain(photo.current!, map.current!).then(setSaid, (error: unknown) => setSaid(String(error)));
  }, []);

  return (
    <>
      <canvas id="photo" ref={photo} width={64} height={64} />
      <canvas id="map" ref={map} />
      <p id="said">{said}</p>
    </>
  );
}
