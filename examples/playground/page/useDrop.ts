import { useEffect, useState } from 'preact/hooks';
import { filePhoto, type PhotoSource } from './photoSource';

/**
 * Takes what is dropped on the page: an image as the photo, other files as a model. Says whether something
 * hovers.
 */
export function useDrop(
  onPhoto: (photo: PhotoSource) => void,
  onModel: (files: readonly File[]) => void,
): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      const files = Array.from(event.dataTransfer?.files ?? []);
      const image = files.find(({ type }) => type.startsWith('image/'));
      const rest = files.filter(({ type }) => !type.startsWith('image/'));
      if (image) onPhoto(filePhoto(image));
      if (rest.length > 0) onModel(rest);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [onPhoto, onModel]);
  return isOver;
}
