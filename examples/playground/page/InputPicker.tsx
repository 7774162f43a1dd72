import { useRef } from 'preact/hooks';
import { sampleNames, type SampleName, type Settings } from '../settings';
import { defaultModel, type ModelSource } from './conductor';
import { filePhoto, sampleAddresses, type PhotoSource } from './photoSource';
import type { Camera } from './useCamera';

/** The photo and the model: samples, files of the user's own, the camera. */
export function InputPicker({
  settings,
  photo,
  model,
  camera,
  onSample,
  onPhoto,
  onModel,
}: {
  settings: Settings;
  /** The user's own; null for a sample. */
  photo: PhotoSource | null;
  model: ModelSource;
  camera: Camera;
  onSample: (name: SampleName) => void;
  onPhoto: (photo: PhotoSource) => void;
  onModel: (model: ModelSource) => void;
}) {
  return (
    <div class="inputs">
      <div class="row" role="group" aria-label="Photo">
        {sampleNames.map((name) => (
          <button
            key={name}
            type="button"
            class="sample"
            aria-pressed={photo === null && settings.sample === name}
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
      <div class="row" role="group" aria-label="Network">
        <FileButton
          text="Your model"
          accept=".json,.bin,.zip,.txt,application/json,application/zip"
          multiple
          isOn={!!model.files}
          onFiles={(files) => onModel({ name: files.find(isModel)?.name ?? 'your model', files })}
        />
        {model.files && (
          <button type="button" onClick={() => onModel(defaultModel)}>
            Back to MobileNetV2
          </button>
        )}
      </div>
      <p class="note">
        Or drop a photo, a zip of Teachable Machine, or a model.json with its weight files, anywhere on the
        page.
      </p>
    </div>
  );
}

function isModel({ name }: File): boolean {
  return /\.(zip|json)$/i.test(name);
}

const sampleTexts: Readonly<Record<SampleName, string>> = { cat: 'Cat', drawing: 'Drawing' };

/** A button that asks for files. */
function FileButton({
  text,
  accept,
  multiple = false,
  isOn,
  onFiles,
}: {
  text: string;
  accept: string;
  multiple?: boolean;
  isOn: boolean;
  onFiles: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" aria-pressed={isOn} onClick={() => input.current?.click()}>
        {text}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        aria-label={text}
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? []);
          currentTarget.value = ''; // so that the same file can be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
