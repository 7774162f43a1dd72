import { useState } from 'preact/hooks';
import { networkNamed, networkNames, networks } from '../networks';
import { FileButton } from './FileButton';

/** The network: one that the page brings along, files of the user's own, or what is at an address. */
export function ModelPicker({
  model,
  hasFiles,
  onModel,
  onFiles,
}: {
  /** As in the settings. */
  model: string;
  /** Whether files of the user's own are in its place. */
  hasFiles: boolean;
  onModel: (model: string) => void;
  onFiles: (files: readonly File[]) => void;
}) {
  const isAddress = networkNamed(model) === undefined;
  const [typed, setTyped] = useState(isAddress ? model : '');
  const [wrong, setWrong] = useState(false);
  const load = (event: Event) => {
    event.preventDefault();
    const address = addressOf(typed);
    setWrong(address === null);
    if (address !== null) onModel(address);
  };
  return (
    <>
      <div class="row networks" role="group" aria-label="Network">
        {networkNames.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={!hasFiles && model === name}
            onClick={() => onModel(name)}
          >
            {networks[name].short}
          </button>
        ))}
        <FileButton
          text="Your model"
          accept=".json,.bin,.zip,.txt,application/json,application/zip"
          multiple
          isOn={hasFiles}
          onFiles={onFiles}
        />
      </div>
      <details class="more" open={isAddress}>
        <summary>A network by its address</summary>
        <form class="address" onSubmit={load}>
          <label class="field">
            <span>Address of a model.json</span>
            <input
              type="text"
              inputMode="url"
              autoComplete="off"
              spellcheck={false}
              placeholder="https://…/model.json"
              value={typed}
              aria-invalid={wrong}
              aria-describedby={wrong ? 'address-wrong' : undefined}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </label>
          <button type="submit">Load</button>
        </form>
        {wrong && (
          <p class="note" id="address-wrong" role="alert">
            That is no address: it begins with https://, or is the path of a file on this site.
          </p>
        )}
      </details>
    </>
  );
}

/** What was typed as a whole address; null for what is none. */
function addressOf(typed: string): string | null {
  const text = typed.trim();
  if (text === '' || !URL.canParse(text, document.baseURI)) return null;
  const { protocol, href } = new URL(text, document.baseURI);
  return /^https?:$/.test(protocol) ? href : null;
}
