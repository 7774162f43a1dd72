import { sampleNames, type SampleName } from '../settings';
import { FileButton } from './FileButton';
import { filePhoto, sampleAddresses, type PhotoSource } from './photoSource';
import type { Camera } from './useCamera';

/** The photo: a sample, a file of the user's own, the camera. */
export function PhotoPicker({
  sample,
  photo,
  camera,
  onSample,
  onPhoto,
}: {
  sample: SampleName;
  /** The user's own; null for a sample. */
  photo: PhotoSource | null;
  camera: Camera;
  onSample: (name: SampleName) => void;
  onPhoto: (photo: PhotoSource) => void;
}) {
  return (
    <div class="row" role="group" aria-label="Photo">
      {sampleNames.map((name) => (
        <button
          key={name}
          type="button"
          class="sample"
          aria-pressed={photo === null && sample === name}
          onClick={() => onSample(name)}
        >
          <img src={sampleAddresses[name]} alt="" width={44} height={44} />
          {sampleTexts[name]}
        </button>
      ))}
      <FileButton
        text="Your photo"
        accept="image/*"
        onFiles={([file]) => file && onPhoto(filePhoto(file))}
        isOn={photo !== null && !camera.isOn}
      />
      {camera.isHere && (
        <button
          type="button"
          aria-pressed={camera.isOn}
          onClick={() => (camera.isOn ? camera.stop() : camera.start())}
        >
          {camera.isOn ? 'Stop camera' : 'Camera'}
        </button>
      )}
    </div>
  );
}

const sampleTexts: Readonly<Record<SampleName, string>> = { cat: 'Cat', drawing: 'Drawing' };
