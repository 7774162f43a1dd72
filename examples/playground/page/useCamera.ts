import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Explained } from '../messages';
import type { PhotoSource } from './photoSource';

export interface Camera {
  /** Whether the browser lets a page ask for one. */
  readonly isHere: boolean;
  readonly isOn: boolean;
  /** Pictures explained a second; null while it is off. */
  readonly rate: number | null;
  readonly start: () => void;
  readonly stop: () => void;
}

/**
 * The camera as a photo that changes: the next picture is taken when the one before is explained. It stops
 * when the page is hidden.
 */
export function useCamera(
  onPhoto: (photo: PhotoSource) => void,
  explained: Explained | null,
  error: string | null,
): Camera {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [rate, setRate] = useState<number | null>(null);
  const last = useRef(0);
  /** Counts the clicks: a camera takes its time, and may be wanted no more when it is there. */
  const clicks = useRef(0);

  const start = useCallback(() => {
    const click = ++clicks.current;
    const isWanted = () => click === clicks.current && !document.hidden;
    openCamera().then(
      (opened) => (isWanted() ? setVideo(opened) : closeCamera(opened)),
      (reason: unknown) => {
        const load = () =>
          Promise.reject(new Error(`the camera does not start: ${(reason as Error).message}`));
        if (isWanted()) onPhoto({ name: 'camera', load });
      },
    );
  }, [onPhoto]);
  const stop = useCallback(() => {
    clicks.current++;
    setVideo(null);
    setRate(null);
  }, []);

  useEffect(() => {
    if (!video) return;
    const onHidden = () => document.hidden && stop();
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      document.removeEventListener('visibilitychange', onHidden);
      closeCamera(video);
    };
  }, [video, stop]);

  useEffect(() => {
    if (!video || error !== null) return;
    const now = performance.now();
    if (last.current > 0) setRate(1000 / (now - last.current));
    last.current = now;
    onPhoto({ name: 'camera', isLive: true, load: () => createImageBitmap(video) });
  }, [video, explained, error, onPhoto]);

  const isHere = 'mediaDevices' in navigator;
  return { isHere, isOn: video !== null, rate: video ? rate : null, start, stop };
}

async function openCamera(): Promise<HTMLVideoElement> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  return video;
}

function closeCamera(video: HTMLVideoElement): void {
  for (const track of (video.srcObject as MediaStream).getTracks()) track.stop();
  video.srcObject = null;
}
